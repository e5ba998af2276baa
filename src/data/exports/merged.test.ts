// The merged model: each tensor W + scale · B·A in its own type, the files that make it a model, and no more memory than
// a piece of one tensor.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  LINEARS,
  linearShape,
  peftName,
  scaleOf,
  type AdapterConfig,
  type AdapterState,
} from "../../families/config";
import type { DecoderConfig } from "../../families/config";
import { neededTensors } from "../../families/tensors";
import { memoryFolder, memorySource, type ByteSource } from "../files";
import { openChosen, openGguf } from "../gguf";
import { openModel, type OpenModel } from "../modelFolder";
import { readFloats, readSafetensors, type TensorEntry } from "../safetensors";
import { converted } from "../testing/convertedGguf";
import { nodeFolder } from "../testing/nodeFolder";
import { mergedBytes } from "./merged";
import { sideFiles } from "./sideFiles";

const adapter: AdapterConfig = {
  ...{ rank: 3, alpha: 5, targets: ["q_proj", "down_proj"], useRslora: true, layers: [1] },
};

/** Factors that are all different. */
function stateFor(base: DecoderConfig, { rank, targets, layers }: AdapterConfig = adapter): AdapterState {
  let next = 1;
  const values = (count: number) => Float32Array.from({ length: count }, () => Math.sin(next++) / 8);
  const state: AdapterState = new Map();
  for (const layer of layers ?? [])
    for (const linear of targets) {
      const [out, input] = linearShape(base, linear);
      state.set(`${peftName(layer, linear)}.lora_A.weight`, {
        shape: [rank, input],
        values: values(rank * input),
      });
      state.set(`${peftName(layer, linear)}.lora_B.weight`, {
        shape: [out, rank],
        values: values(out * rank),
      });
    }
  return state;
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(Buffer.from(piece));
  return new Uint8Array(Buffer.concat(all));
}

/** The export as another page would open it. */
async function exported(model: OpenModel, state = stateFor(model.config)) {
  const { files, normShift } = await sideFiles(model);
  const weights = await gathered(mergedBytes(model, adapter, state, { normShift, metadata: { note: "x" } }));
  const content = new Map(files.map(({ name, bytes }) => [name, bytes]));
  content.set("model.safetensors", weights);
  return { folder: memoryFolder("merged", content), weights, state };
}

/** W + scale·B·A, the plain way. */
function product(base: DecoderConfig, weight: Float32Array, state: AdapterState, name: string): Float32Array {
  const module = `base_model.model.${name.replace(/\.weight$/, "")}`;
  const [a, b] = ["A", "B"].map((factor) => state.get(`${module}.lora_${factor}.weight`));
  if (!a || !b) return weight;
  const rank = b.shape[1];
  const input = a.shape[1];
  return weight.map((w, i) => {
    const [row, column] = [Math.floor(i / input), i % input];
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += b.values[row * rank + r] * a.values[r * input + column];
    return w + scaleOf(adapter) * sum;
  });
}

/** Half the distance of two neighbours at this size. */
const halfStep = (value: number, dtype: string): number =>
  dtype === "F32"
    ? Math.abs(value) * 1e-6 + 1e-9
    : Math.max(Math.abs(value), 2 ** -14) * 2 ** (dtype === "F16" ? -11 : -8);

describe.each(["qwen3-tied-bf16", "qwen2-bias-f16", "llama32-untied-f32", "gemma3-sliding-bf16"])(
  "%s merged",
  (name) => {
    it("has every tensor in its own type, adapted ones with the product", async () => {
      const model = await openModel(nodeFolder(`e2e/golden/cases/${name}/model`), { tokenizer: false });
      const { weights, state } = await exported(model);
      const { tensors, metadata } = await readSafetensors(memorySource("model.safetensors", weights));
      expect(metadata).toEqual({ format: "pt", note: "x" });
      expect([...tensors.keys()].sort()).toEqual([...model.tensors.keys()].sort());
      let changed = 0;
      for (const [tensor, entry] of model.tensors) {
        const written = tensors.get(tensor)!;
        expect([written.dtype, written.shape]).toEqual([entry.dtype, entry.shape]);
        const before = await readFloats(entry);
        const wanted = product(model.config, before, state, tensor);
        const got = await readFloats(written);
        if (wanted === before)
          expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(before.buffer))).toBe(0);
        else {
          changed++;
          const step = (value: number) => halfStep(value, entry.dtype);
          expect(got.findIndex((value, i) => !(Math.abs(value - wanted[i]) <= step(wanted[i])))).toBe(-1);
          expect(got.some((value, i) => value !== before[i])).toBe(true);
        }
      }
      expect(changed).toBe(2);
    });
  },
);

describe("the files beside the weights", () => {
  it("are the model's own, byte for byte", async () => {
    const given = nodeFolder("public/models/tiny");
    const model = await openModel(given);
    const { folder } = await exported(model);
    for (const name of ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]) {
      const [own, there] = await Promise.all([given, folder].map((one) => one.open(name)));
      expect(await there?.read(0, there.size), name).toEqual(await own?.read(0, own.size));
    }
    const again = await openChosen(folder);
    expect(again.config).toEqual(model.config);
    expect(again.tokenizer?.chatIds("What is 12+7?")).toEqual(model.tokenizer?.chatIds("What is 12+7?"));
  });

  it("name every token that ends a turn, and the template that was trained under", async () => {
    const given = nodeFolder("public/models/tiny");
    const bytesOf = async (name: string) => {
      const source = await given.open(name);
      return source!.read(0, source!.size);
    };
    const content = new Map<string, Uint8Array>();
    for (const name of await given.list()) content.set(name, await bytesOf(name));
    const edit = (name: string, change: (json: Record<string, unknown>) => void) => {
      const json = JSON.parse(new TextDecoder().decode(content.get(name))) as Record<string, unknown>;
      change(json);
      content.set(name, new TextEncoder().encode(JSON.stringify(json)));
    };
    edit("generation_config.json", (json) => (json.eos_token_id = 0));
    edit("tokenizer_config.json", (json) => delete json.chat_template);
    const model = await openModel(memoryFolder("base", content));
    expect([model.config.eosTokenIds.length, model.tokenizer?.hasChatTemplate]).toEqual([2, false]);
    const { folder } = await exported(model);
    const settings = await folder.open("generation_config.json");
    const json = JSON.parse(new TextDecoder().decode(await settings!.read(0, settings!.size))) as object;
    expect(json).toEqual({ eos_token_id: [0, 2], pad_token_id: 0, do_sample: false, max_new_tokens: 40 });
    const again = await openChosen(folder);
    expect(again.tokenizer?.hasChatTemplate).toBe(true);
    expect(again.tokenizer?.chat("Hello")).toBe(model.tokenizer?.chat("Hello"));
  });
});

describe.each(["qwen3-tied-bf16", "qwen2-bias-f16", "llama32-untied-f32", "gemma3-sliding-bf16"])(
  "%s from a GGUF file",
  (name) => {
    it("gets the files it came without, and Hugging Face's weights", async () => {
      const { bytes, config, values } = await converted(name);
      const model = await openGguf(memorySource("model.gguf", bytes));
      const { folder, state } = await exported(model);
      const again = await openChosen(folder);
      const { attentionScale: scale, ...rest } = again.config;
      const { attentionScale: wanted, ...others } = config;
      expect(rest).toEqual({ ...others, rmsEps: rest.rmsEps, eosTokenIds: [config.eosTokenIds[0]] });
      expect(rest.rmsEps).toBeCloseTo(config.rmsEps, 12);
      // GGUF keeps no scale of scores: llama.cpp always takes 1/√D.
      expect(scale ?? 1 / Math.sqrt(config.headDim)).toBeCloseTo(1 / Math.sqrt(config.headDim), 6);
      expect(wanted === null || name.startsWith("gemma")).toBe(true);
      expect(again.tokenizer?.encode("a test\n")).toEqual(model.tokenizer?.encode("a test\n"));
      for (const { name: tensor, shape } of neededTensors(config)) {
        const got = await readFloats(again.tensors.get(tensor)!);
        const isNorm = shape.length === 1 && tensor.endsWith("norm.weight");
        const own = isNorm ? values.get(tensor)!.map((v) => v - config.normShift) : values.get(tensor)!;
        const merged = product(config, own, state, tensor);
        expect(
          got.findIndex((value, i) => !(Math.abs(value - merged[i]) <= 1e-6)),
          tensor,
        ).toBe(-1);
      }
    });
  },
);

describe("what cannot be merged", () => {
  it("is refused by name", async () => {
    const model = await openModel(nodeFolder("public/models/tiny"));
    const layer = { ...adapter, layers: [7] };
    await expect(gathered(mergedBytes(model, layer, stateFor(model.config, layer)))).rejects.toThrow(
      /layers\.7\.self_attn\.q_proj\.lora_A\.weight \[3, 160\] has no place in tiny/,
    );
    const wild = stateFor(model.config);
    for (const { values } of wild.values()) values.fill(1e30);
    await expect(gathered(mergedBytes(model, adapter, wild))).rejects.toThrow("which BF16 cannot hold");
  });
});

/** A model that exists in no file: what is read of it is made. */
function imagined(base: DecoderConfig): OpenModel {
  const tensors = new Map<string, TensorEntry>();
  for (const { name, shape } of neededTensors(base)) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    const source: ByteSource = {
      name,
      size: bytes,
      read: async (_, length) => new Uint8Array(length).fill(60),
    };
    tensors.set(name, { name, dtype: "BF16", shape, source, offset: 0, bytes });
  }
  return { name: "imagined", config: base, tensors, tokenizer: null, weightBytes: 0, files: [] };
}

describe("memory", () => {
  it("is bounded by the largest tensor, whatever the model's size", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const tiny = (await openModel(nodeFolder("public/models/tiny"))).config;
    const model = imagined({
      ...tiny,
      hidden: 1024,
      intermediate: 2048,
      heads: 16,
      headDim: 64,
      layers: 6,
      vocab: 4096,
    });
    const all = { ...adapter, rank: 2, targets: [...LINEARS], layers: [0, 1, 2, 3] };
    const state = stateFor(model.config, all);
    const sizes = [...model.tensors.values()].map(({ bytes }) => bytes);
    const [total, largest] = [sizes.reduce((a, b) => a + b, 0), Math.max(...sizes)];
    expect(total).toBeGreaterThan(8 * largest);
    const held = (): number => (collect(), process.memoryUsage().arrayBuffers);
    const before = held();
    let [most, written, count] = [0, 0, 0];
    for await (const piece of mergedBytes(model, all, state)) {
      written += piece.length;
      if (count++ % 8 === 0) most = Math.max(most, held() - before);
    }
    expect(written).toBeGreaterThan(total);
    // A piece as read, as f32, and as written.
    expect(most).toBeLessThan(3 * largest);
    expect(most).toBeLessThan(total / 2);
  });
});
