// Test helper: damaged files of every kind that the lab reads, and how each is read to its end. Seeded by the draws.
import { gzipSync } from "node:zlib";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packTar } from "modern-tar";
import { previewDataset, readContent } from "../dataset";
import { memoryFolder, memorySource } from "../files";
import { openGguf } from "../gguf";
import { readGgufHeader } from "../gguf/header";
import { loadModelConfig } from "../modelConfig";
import { checkValues, openModel } from "../modelFolder";
import { readAdapter } from "../peft";
import { readFloats, readSafetensors } from "../safetensors";
import { tarFolder } from "../tar";
import { converted } from "./convertedGguf";
import { mutateBytes, mutateJson, mutateText, type Draw } from "./mutate";
import { nodeFolder } from "./nodeFolder";

export interface Damaged {
  /** Bytes of the damaged files. */
  sizeBytes: number;
  open: () => Promise<unknown>;
}

type Damage = (draw: Draw, index: number) => Damaged | Promise<Damaged>;
type Files = Map<string, Uint8Array>;

const CASES = "e2e/golden/cases";
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** A folder of the repository, in memory. */
const filesOf = (path: string): Files =>
  new Map(readdirSync(path).map((name) => [name, new Uint8Array(readFileSync(join(path, name)))]));

const sizeOf = (files: Iterable<Uint8Array>): number =>
  [...files].reduce((sum, { length }) => sum + length, 0);

// Datasets: the same rows in each format that is text.
const ROWS = Array.from({ length: 12 }, (_, i) => ({
  id: `row-${i}`,
  prompt: i % 3 ? `What is ${i} + ${i}? \u00e9\n` : 'Say "so, 3;5".',
  answer: String(2 * i),
  level: i / 4,
}));
const separated = (separator: string): string =>
  [Object.keys(ROWS[0]!), ...ROWS.map((row) => Object.values(row))]
    .map((row) => row.map((value) => `"${String(value).replaceAll('"', '""')}"`).join(separator))
    .join("\r\n");
const CHATS = ROWS.map(({ prompt, answer }) => ({
  messages: [
    { role: "user", content: prompt },
    { role: "assistant", content: answer },
  ],
}));
const lines = (rows: readonly unknown[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

/** A dataset file, first looked at and then read whole, as an import does. */
function dataset(name: string, bytes: Uint8Array, draw: Draw): Damaged {
  const unusable = draw.pick(["refuse", "leave out"] as const);
  const open = async () => {
    await previewDataset(memorySource(name, bytes));
    return readContent(memorySource(name, bytes), { unusable });
  };
  return { sizeBytes: bytes.length, open };
}

const textDataset =
  (name: string, text: string): Damage =>
  (draw) => {
    const kind = draw.below(3);
    const bytes =
      kind === 0
        ? mutateBytes(encode(text), text.length, draw)
        : encode(kind === 1 && text.includes("{") ? mutateJson(text, draw) : mutateText(text, draw));
    return dataset(name, bytes, draw);
  };

const gzip: Damage = (draw) => {
  const packed = draw.below(2)
    ? mutateBytes(new Uint8Array(gzipSync(lines(ROWS))), 400, draw)
    : new Uint8Array(gzipSync(mutateText(lines(ROWS), draw)));
  return dataset("x.jsonl.gz", packed, draw);
};

function parquet(): Damage {
  const good = new Uint8Array(readFileSync("src/data/dataset/formats/parquet.fixture.parquet"));
  return (draw) => {
    // The footer, with counts and offsets, is the last half of the file; most keep the magic at both ends.
    const head = good.subarray(0, draw.below(2) ? 120 : good.length - 8);
    const bytes = new Uint8Array([...mutateBytes(head, head.length, draw), ...good.subarray(head.length)]);
    if (draw.below(8)) bytes.set(good.subarray(0, 4));
    return dataset("x.parquet", bytes, draw);
  };
}

function safetensors(): Damage {
  const folders = ["qwen3-tied-bf16", "llama32-untied-f32", "smollm2-tied-bf16", "qwen2-bias-f16"].map(
    (name) => filesOf(`${CASES}/${name}/model`),
  );
  const weights = folders.map((files) => [...files.keys()].filter((name) => name.endsWith(".safetensors")));
  return (draw, index) => {
    const at = index % folders.length;
    const name = draw.pick(weights[at]!);
    const good = folders[at]!.get(name)!;
    const headerEnd = 8 + Number(new DataView(good.buffer, good.byteOffset).getBigUint64(0, true));
    // Half of them keep their JSON readable, so that the checks behind the parser are met.
    const bad = draw.below(2) ? mutateBytes(good, headerEnd, draw) : withHeader(good, headerEnd, draw);
    const files = new Map([...folders[at]!, [name, bad]]);
    const open = async () => {
      const { tensors } = await readSafetensors(memorySource(name, bad));
      for (const entry of tensors.values()) await readFloats(entry);
      await checkValues(await openModel(memoryFolder("model", files), { tokenizer: false }));
    };
    return { sizeBytes: sizeOf(files.values()), open };
  };
}

/** The JSON header damaged as text, its length made to fit. */
function withHeader(good: Uint8Array, headerEnd: number, draw: Draw): Uint8Array {
  const header = encode(mutateJson(decode(good.subarray(8, headerEnd)), draw));
  const out = new Uint8Array(8 + header.length + good.length - headerEnd);
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true);
  out.set(header, 8);
  out.set(good.subarray(headerEnd), 8 + header.length);
  return out;
}

async function gguf(): Promise<Damage> {
  const names = ["llama32-untied-f32", "qwen3-tied-bf16", "qwen2-bias-f16"];
  const good = await Promise.all(
    names.map(async (name) => {
      const { bytes } = await converted(name);
      const { tensors } = await readGgufHeader(memorySource("m.gguf", bytes));
      return { bytes, headerEnd: Math.min(...[...tensors.values()].map(({ offset }) => offset)) };
    }),
  );
  return (draw, index) => {
    const { bytes, headerEnd } = good[index % good.length]!;
    // The front holds the counts and settings; the long list of tokens would draw most of the damage.
    const bad = mutateBytes(bytes, draw.below(2) ? Math.min(700, headerEnd) : headerEnd, draw);
    const open = async () => {
      const model = await openGguf(memorySource("m.gguf", bad));
      await checkValues(model);
      model.tokenizer?.encode("a sample of 12 words");
    };
    return { sizeBytes: bad.length, open };
  };
}

/** One JSON file of a folder, damaged. */
function jsonOf(path: string, names: readonly string[], open: (files: Files) => Promise<unknown>): Damage {
  const files = filesOf(path);
  return (draw, index) => {
    const name = names[index % names.length]!;
    const bad = new Map([...files, [name, encode(mutateJson(decode(files.get(name)), draw))]]);
    return { sizeBytes: sizeOf(bad.values()), open: () => open(bad) };
  };
}

async function openWithTokenizer(files: Files): Promise<void> {
  const { tokenizer } = await openModel(memoryFolder("files", files));
  if (tokenizer?.hasChatTemplate) tokenizer.sftIds("How many?", "12 of them.");
  tokenizer?.decode(tokenizer.encode("a sample of 12 words \u0085"), true);
}

/** The families' tokenizers, each with its own pre-tokenizer, kind of merges and template. */
function tokenizers(): Damage {
  const model = filesOf(`${CASES}/qwen3-tied-bf16/model`);
  const root = "e2e/golden/tokenizers";
  const families = ["llama-3.2", "gemma-3", "phi-3", "smollm2", "qwen3"].map((name) => {
    const files = filesOf(join(root, name));
    const config = { ...(JSON.parse(decode(model.get("config.json"))) as object), vocab_size: 2000 };
    return new Map([...files, ["config.json", encode(JSON.stringify(config))]]);
  });
  return async (draw, index) => {
    const files = families[index % families.length]!;
    const name = draw.pick(["tokenizer.json", "tokenizer.json", "tokenizer_config.json"]);
    const text = decode(files.get(name));
    // The vocabulary is most of the file: damage of the settings in front of it and behind it is drawn as often.
    const front = text.indexOf('"model"');
    const bad =
      front > 0 && draw.below(2)
        ? mutateJson(text.slice(0, front), draw) + text.slice(front)
        : mutateJson(text, draw);
    const { loadTokenizer } = await import("../tokenizer");
    const folder = memoryFolder("files", new Map([...files, [name, encode(bad)]]));
    const open = async () => {
      const tokenizer = await loadTokenizer(folder);
      if (tokenizer.hasChatTemplate) tokenizer.sftIds("How many?", "12 of them.");
      tokenizer.decode(tokenizer.encode("a sample of 12 words \u0085"), true);
    };
    return { sizeBytes: sizeOf([...files.values()]), open };
  };
}

async function tar(): Promise<Damage> {
  const base = await loadModelConfig(nodeFolder(`${CASES}/qwen3-tied-bf16/model`));
  const adapter = [...filesOf(`${CASES}/qwen3-tied-bf16/adapter`)];
  const good = await packTar(
    adapter.map(([name, body]) => ({ header: { name: `a/${name}`, size: body.length }, body })),
  );
  return (draw) => {
    const bad = mutateBytes(good, draw.below(2) ? 512 : good.length, draw).slice();
    // A header whose sum is right is read further.
    if (draw.below(2) && bad.length >= 512) writeSum(bad);
    const open = async () => readAdapter(await tarFolder(memorySource("a.tar", bad), "adapter"), base);
    return { sizeBytes: bad.length, open };
  };
}

function writeSum(bytes: Uint8Array): void {
  bytes.fill(32, 148, 156);
  const sum = bytes.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  bytes.set(encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

async function adapters(): Promise<Damage> {
  const base = await loadModelConfig(nodeFolder(`${CASES}/qwen3-tied-bf16/model`));
  return jsonOf(`${CASES}/qwen3-tied-bf16/adapter`, ["adapter_config.json"], (files) =>
    readAdapter(memoryFolder("files", files), base),
  );
}

const pretty = JSON.stringify({ version: 1, data: ROWS }, null, 2);

/** Each kind of file, and what makes a damaged one of it. */
export const DAMAGED: Readonly<Record<string, () => Damage | Promise<Damage>>> = {
  JSONL: () => textDataset("x.jsonl", lines(ROWS)),
  "JSONL of chats": () => textDataset("x.jsonl", lines(CHATS)),
  JSON: () => textDataset("x.json", JSON.stringify(ROWS)),
  "JSON with rows under a key": () => textDataset("x.json", pretty),
  CSV: () => textDataset("x.csv", separated(",")),
  TSV: () => textDataset("x.tsv", separated("\t")),
  "plain text": () => textDataset("x.txt", separated(";")),
  gzip: () => gzip,
  Parquet: parquet,
  "safetensors, alone and as a model folder": safetensors,
  "GGUF, with its tokenizer": gguf,
  "configs of a model": () =>
    jsonOf(
      `${CASES}/qwen3-tied-bf16/model`,
      ["config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json"],
      openWithTokenizer,
    ),
  "index of shards": () =>
    jsonOf(`${CASES}/qwen2-bias-f16/model`, ["model.safetensors.index.json", "config.json"], (files) =>
      openModel(memoryFolder("files", files), { tokenizer: false }),
    ),
  "tokenizers of families": tokenizers,
  "tar of an adapter": tar,
  "adapter config": adapters,
};
