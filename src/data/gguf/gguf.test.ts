// GGUF: block formats against ggml's reference, models against the Hugging Face files they are made from, and
// damaged headers.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PLAIN, type DecoderConfig } from "../../families/config";
import { memoryFolder, memorySource } from "../files";
import { toFloat32 } from "../floats";
import { openChosen, openGguf } from "../gguf";
import { neededTensors } from "../../families/tensors";
import { readFloats, tensorSlices } from "../safetensors";
import { converted, interleave, metadataOf } from "../testing/convertedGguf";
import { readDamaged } from "../testing/damaged";
import { flag, ggufFile, i32s, text, texts, u32, type GgufPart } from "../testing/ggufFile";
import { nodeFolder } from "../testing/nodeFolder";
import { loadTokenizer } from "../tokenizer";
import blocks from "./blocks.fixture.json";
import { readGgufHeader } from "./header";
import { dequantize, packBlocks, PACKED, QUANT_TYPES } from "./quants";

const fromBase64 = (data: string) => new Uint8Array(Buffer.from(data, "base64"));

const kindOf = (id: number) => QUANT_TYPES.get(id)!;

describe("blocks", () => {
  it.each(blocks.cases)("of $type widen to the reference's bits", ({ type, id, bytes, values }) => {
    expect(kindOf(id).name).toBe(type);
    expect([...dequantize(kindOf(id), fromBase64(bytes))]).toEqual([...toFloat32(fromBase64(values), "F32")]);
  });

  const packable = blocks.cases.filter(({ type }) => PACKED[type]);
  it.each(packable)("of $type keep their values as the engine's groups", ({ type, id, bytes, values }) => {
    const wanted = toFloat32(fromBase64(values), "F32");
    const packed = packBlocks(kindOf(id), fromBase64(bytes));
    const floats = new Float32Array(packed.buffer);
    const int4 = PACKED[type] === "int4";
    const words = int4 ? 6 : 9;
    const got = Float32Array.from(wanted, (_, i) => {
      const group = Math.floor(i / 32) * words;
      const at = i % 32;
      if (!int4) return floats[group]! * ((packed[4 * group + 4 + at]! << 24) >> 24);
      const byte = packed[4 * group + 8 + (at >> 1)]!;
      return Math.fround(floats[group]! * (at & 1 ? byte >> 4 : byte & 15)) + floats[group + 1]!;
    });
    // Zero has no sign left where an offset is added; nothing else may differ.
    expect([...got].map((v) => v + 0)).toEqual([...wanted].map((v) => v + 0));
  });
});

describe.each(["llama32-untied-f32", "smollm2-tied-bf16", "qwen2-bias-f16", "qwen3-tied-bf16"])(
  "%s as GGUF",
  (name) => {
    it("has the same shape and the same weights under the same names", async () => {
      const { config, values, bytes } = await converted(name);
      const model = await openGguf(memorySource("model.gguf", bytes));
      const { rmsEps, ...rest } = model.config;
      expect(rmsEps).toBeCloseTo(config.rmsEps, 12);
      expect({ ...rest, rmsEps: config.rmsEps }).toEqual({ ...config, eosTokenIds: [config.eosTokenIds[0]] });
      for (const [tensor, wanted] of values) {
        expect(await readFloats(model.tensors.get(tensor)!), tensor).toEqual(wanted);
      }
    });
  },
);

describe("what a user chose", () => {
  it("may be one GGUF file or a folder of Hugging Face files", async () => {
    const { bytes } = await converted("smollm2-tied-bf16");
    const chosen = (...names: string[]) =>
      openChosen(memoryFolder("files", new Map(names.map((name) => [name, bytes]))));
    expect((await chosen("m.gguf", "README.md")).config.layers).toBe(3);
    await expect(chosen("a.gguf", "b.GGUF")).rejects.toThrow(/2 GGUF files \(a\.gguf, b\.GGUF/);
    expect((await openChosen(nodeFolder("public/models/tiny"))).config.layers).toBe(4);
  });
});

describe("quantised models", () => {
  /** A Llama of one layer in Q8_0: 64 wide, 4 heads of 16. */
  function quantised(types: { norm?: number; weight?: number } = {}): Uint8Array {
    const config: DecoderConfig = {
      ...{
        architecture: "llama",
        vocab: 256,
        hidden: 64,
        layers: 1,
        intermediate: 96,
        heads: 4,
        kvHeads: 2,
        headDim: 16,
      },
      ...{ ...PLAIN, rmsEps: 1e-5, ropeTheta: 1e4, ropeScaling: null, qkNorm: false, qkvBias: false },
      ...{ tiedHead: true, maxPosition: 128, eosTokenIds: [2] },
    };
    let seed = 1;
    const parts = neededTensors(config).map(({ gguf, shape }): GgufPart => {
      const matrix = shape.length > 1;
      const type = matrix ? (types.weight ?? 8) : (types.norm ?? 0);
      const kind = QUANT_TYPES.get(type)!;
      const bytes = new Uint8Array((shape.reduce((a, b) => a * b, 1) / kind.values) * kind.bytes);
      for (let i = 0; i < bytes.length; i++) bytes[i] = (seed = (seed * 1103515245 + 12345) >>> 0) >>> 24;
      // Ordinary scales instead of random bits: 0x2c00 is 2^-4.
      if (matrix) for (let at = 0; at < bytes.length; at += kind.bytes) bytes.set([0, 0x2c], at);
      if (!matrix) bytes.fill(0);
      return { name: gguf, sizes: shape.toReversed(), type, bytes };
    });
    return ggufFile(metadataOf(config), parts);
  }

  it("give slices, packed rows and whole tensors that agree, in Hugging Face's row order", async () => {
    const source = memorySource("m.gguf", quantised());
    const model = await openGguf(source);
    const header = await readGgufHeader(source);
    const name = "model.layers.0.self_attn.q_proj.weight";
    const entry = model.tensors.get(name)!;
    expect(entry).toMatchObject({ dtype: "F32", stored: "Q8_0", shape: [64, 64], bytes: 4 * 64 * 64 });
    const all = await readFloats(entry);

    const tensor = header.tensors.get("blk.0.attn_q.weight")!;
    const file = dequantize(tensor.type, await source.read(tensor.offset, tensor.bytes));
    expect([...interleave(all, 4, 64)]).toEqual([...file]);
    expect([...all]).not.toEqual([...file]);

    const parts: number[] = [];
    for await (const { bytes } of tensorSlices(entry, 1000)) parts.push(...bytes);
    expect([...toFloat32(Uint8Array.from(parts), "F32")]).toEqual([...all]);

    const packed = await entry.packed!.read(5, 3);
    expect([packed.length, entry.packed!.dtype]).toEqual([3 * entry.packed!.rowBytes, "int8"]);
    const row = Array.from(
      { length: 64 },
      (_, i) => ((packed[(i >> 5) * 36 + 4 + (i & 31)]! << 24) >> 24) / 16,
    );
    expect(row).toEqual([...all.subarray(5 * 64, 6 * 64)]);
    const stored = [...header.tensors.values()].reduce((total, { bytes }) => total + bytes, 0);
    expect(model.weightBytes).toBe(stored);
  });

  it("refuse a scale that is not finite, and types that cannot be read, by name", async () => {
    const bytes = quantised();
    const header = await readGgufHeader(memorySource("m.gguf", bytes));
    bytes.set([0, 0x7e], header.tensors.get("blk.0.attn_v.weight")!.offset);
    const entry = (await openGguf(memorySource("m.gguf", bytes))).tensors.get(
      "model.layers.0.self_attn.v_proj.weight",
    )!;
    await expect(readFloats(entry)).rejects.toThrow(
      /not finite .* model\.layers\.0\.self_attn\.v_proj\.weight, at index 0/,
    );
    await expect(entry.packed!.read(0, 1)).rejects.toThrow(/not finite/);
    await expect(openGguf(memorySource("m.gguf", quantised({ weight: 20 })))).rejects.toThrow(
      /type IQ4_NL, which cannot be read/,
    );
  });
});

describe("the tokenizer in a GGUF file", () => {
  it.each([
    ["qwen2", "e2e/golden/cases/qwen3-tied-bf16/model"],
    ["qwen2", "public/models/tiny"],
  ])("cut by %s equals that of %s", async (pre, dir) => {
    const original = JSON.parse(readFileSync(`${dir}/tokenizer.json`, "utf8")) as {
      model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
      added_tokens: { id: number; content: string }[];
    };
    const { config, bytes } = await converted("smollm2-tied-bf16");
    const tokens = Array.from({ length: config.vocab }, (_, i) => `unused ${i}`);
    for (const [token, id] of Object.entries(original.model.vocab)) if (id < config.vocab) tokens[id] = token;
    for (const { id, content } of original.added_tokens) tokens[id] = content;
    const merges = original.model.merges.map((pair) => (typeof pair === "string" ? pair : pair.join(" ")));
    const known = new Set(tokens);
    const kept = merges.filter(
      (pair) => known.has(pair.replace(" ", "")) && pair.split(" ").every((half) => known.has(half)),
    );
    const metadata = [
      ...metadataOf(config).filter(([key]) => !key.startsWith("tokenizer")),
      ...[text("tokenizer.ggml.model", "gpt2"), text("tokenizer.ggml.pre", pre)],
      ...[texts("tokenizer.ggml.tokens", tokens), texts("tokenizer.ggml.merges", kept)],
      i32s(
        "tokenizer.ggml.token_type",
        tokens.map((_, id) => (original.added_tokens.some((added) => added.id === id) ? 3 : 1)),
      ),
      ...[
        u32("tokenizer.ggml.eos_token_id", 2),
        u32("tokenizer.ggml.bos_token_id", 1),
        flag("tokenizer.ggml.add_bos_token", true),
      ],
      text("tokenizer.chat_template", "{{ bos_token }}{{ messages[0].content }}"),
    ];
    const parts = [...(await readGgufHeader(memorySource("m", bytes))).tensors.values()].map(
      ({ name, shape, offset, bytes: length }): GgufPart => ({
        ...{ name, sizes: shape.toReversed(), type: 0, bytes: bytes.slice(offset, offset + length) },
      }),
    );
    const ours = (await openGguf(memorySource("m.gguf", ggufFile(metadata, parts)))).tokenizer!;
    const theirs = await loadTokenizer(nodeFolder(dir));
    const sentences = [
      "Hello, world!",
      "  two  spaces\n\n and\ttabs ",
      "it's 2024: naïve café — 学习 🙂",
      "<|im_start|>x<|im_end|>",
    ];
    for (const sentence of [...sentences, "A cell sends at 24 dBm and the cable loses 1 dB. Power in mW?"]) {
      const ids = theirs.encode(sentence);
      if (ids.some((id) => id >= config.vocab)) continue;
      expect(ours.encode(sentence)).toEqual(ids);
      expect(ours.decode(ids, true)).toBe(theirs.decode(ids, true));
    }
    expect(ours.eosIds).toEqual([2]);
    expect(ours.chat("hi")).toBe("<|im_start|>hi");
    expect(ours.encode("a", true)).toEqual([1, ...ours.encode("a")]);
  });
});

describe("what is refused", () => {
  const open = (metadata: Parameters<typeof ggufFile>[0], parts: GgufPart[] = []) =>
    openGguf(memorySource("m.gguf", ggufFile(metadata, parts)));
  const part = (change: Partial<GgufPart> = {}): GgufPart => ({
    name: "a",
    sizes: [32],
    type: 8,
    bytes: new Uint8Array(34),
    ...change,
  });

  it.each([
    [
      "no GGUF",
      Uint8Array.of(71, 71, 77, 76, 3, 0, 0, 0),
      /m\.gguf is not a GGUF file: it begins with “GGML”/,
    ],
    ["empty", new Uint8Array(), /m\.gguf is truncated/],
    ["version 1", Uint8Array.of(71, 71, 85, 70, 1, 0, 0, 0), /GGUF version 1/],
    ["big-endian", Uint8Array.of(71, 71, 85, 70, 0, 0, 0, 3), /big-endian/],
  ])("bytes: %s", async (_, bytes, message) => {
    await expect(openGguf(memorySource("m.gguf", bytes))).rejects.toThrow(message);
  });

  it.each([
    [
      "another architecture",
      [text("general.architecture", "mamba")],
      [],
      /architecture mamba is not supported/,
    ],
    ["no architecture", [], [], /architecture missing is not supported/],
    ["unknown type", [], [part({ type: 99 })], /tensor a the unknown type number 99/],
    ["rows of half a block", [], [part({ sizes: [33] })], /rows of 33 values, no multiple of Q8_0's 32/],
    ["five axes", [], [part({ sizes: [32, 1, 1, 1, 1] })], /5 axes/],
    [
      "absurd size",
      [],
      [part({ sizes: [2 ** 40, 2 ** 40] })],
      /truncated: the tensor a ends at byte Infinity/,
    ],
    ["beyond the end", [], [part({ sizes: [64] })], /truncated: the tensor a ends at byte/],
    ["same tensor twice", [], [part(), part()], /tensor a twice/],
    ["key twice", [u32("k", 1), u32("k", 2)], [], /metadata key k twice/],
    ["odd alignment", [u32("general.alignment", 7)], [], /alignment 7/],
    [
      "list of lists",
      [["k", 9, { type: 9, values: [] }] as const],
      [],
      /metadata list k the unknown type number 9/,
    ],
  ])("header: %s", async (_, metadata, parts, message) => {
    await expect(open(metadata as Parameters<typeof ggufFile>[0], parts)).rejects.toThrow(message);
  });

  it("a model without one of its tensors", async () => {
    const { bytes } = await converted("smollm2-tied-bf16", { without: "output_norm.weight" });
    await expect(openGguf(memorySource("m.gguf", bytes))).rejects.toThrow(
      /output_norm\.weight \(model\.norm\.weight\) is missing/,
    );
  });

  it("counts that the file cannot hold, without making room for them", async () => {
    const bytes = ggufFile([texts("tokens", ["a"])], []);
    const view = new DataView(bytes.buffer);
    for (const [at, message] of [
      [8, /tensors/],
      [16, /metadata entries/],
      [24, /bytes of a text/],
      [46, /texts in tokens/],
    ] as const) {
      const before = view.getBigUint64(at, true);
      for (const count of [2n ** 62n, 2n ** 40n, 60_000n]) {
        view.setBigUint64(at, count, true);
        await expect(openGguf(memorySource("m.gguf", bytes.slice()))).rejects.toThrow(message);
      }
      view.setBigUint64(at, before, true);
    }
  });

  it("2,500 damaged headers: a LabError or a reading, never more bytes than the file has", async () => {
    const { bytes: good } = await converted("llama32-untied-f32");
    const header = await readGgufHeader(memorySource("m.gguf", good));
    const headerEnd = Math.min(...[...header.tensors.values()].map(({ offset }) => offset));
    const refused = await readDamaged(
      good,
      { name: "m.gguf", headerEnd, changes: 8, runs: 2500 },
      async (source) => {
        const model = await openGguf(source);
        expect(model.config.vocab).toBeGreaterThan(0);
      },
      (reads, bytes) => expect(Math.max(0, ...reads)).toBeLessThanOrEqual(bytes.length),
    );
    expect(refused).toBeGreaterThan(500);
  }, 120_000);
});
