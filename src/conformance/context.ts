// What a check of a golden case works with: the engine with the case's model and adapter, and the case's tensors.
import type { ModelFolder } from "../data/files";
import {
  openSafetensors,
  readFloats,
  readInts,
  readSafetensors,
  type TensorEntry,
} from "../data/safetensors";
import type { AdapterState, Engine, PackedBatch, TokenStats } from "../model/engine";
import type { TextTokenizer } from "../data/tokenizer";
import type { HostTensor, Produced } from "./compare";
import { chunks, splitDocuments, type Chunk } from "./packed";
import type { CheckSpec } from "./spec";

/** Tensors of a safetensors file, all in memory: cases are small. */
export type HostTensors = ReadonlyMap<string, HostTensor>;

export interface CheckContext {
  check: CheckSpec;
  engine: Engine;
  input: HostTensors;
  /** Names only: what the check must produce. */
  expectedNames: readonly string[];
  tokenizer: () => Promise<TextTokenizer>;
}

/** A check of one kind: the numbers it makes. Throws when it cannot. */
export type Check = (context: CheckContext) => Promise<Produced>;

async function readTensors(entries: Iterable<TensorEntry>): Promise<HostTensors> {
  const out = new Map<string, HostTensor>();
  for (const entry of entries) {
    const values = entry.dtype === "I32" ? await readInts(entry) : await readFloats(entry);
    out.set(entry.name, { shape: entry.shape, values });
  }
  return out;
}

/** All tensors of one file of a folder. @throws Error when it is missing. */
export async function openTensors(folder: ModelFolder, file: string): Promise<HostTensors> {
  const source = await folder.open(file);
  if (source) return readTensors((await readSafetensors(source)).tensors.values());
  // A large set may be sharded like a model.
  const { tensors } = await openSafetensors(folder, file.replace(/\.safetensors$/, ""));
  return readTensors(tensors.values());
}

/** An input tensor. @throws Error when the case has none of that name. */
export function inputTensor({ input }: CheckContext, name: string): ArrayLike<number> {
  const tensor = input.get(name);
  if (!tensor) throw new Error(`the input tensor ${name} is missing in the case`);
  return tensor.values;
}

/** The sequences `NAME/input_ids` by `NAME/cu_seqlens`. */
export function documents(context: CheckContext, name: string): Uint32Array[] {
  return splitDocuments(
    inputTensor(context, `${name}/input_ids`),
    inputTensor(context, `${name}/cu_seqlens`),
  );
}

export const vector = (values: ArrayLike<number>): HostTensor => ({ shape: [values.length], values });
export const scalar = (value: number): HostTensor => vector([value]);
export const matrix = (rows: number, cols: number, values: ArrayLike<number>): HostTensor => ({
  shape: [rows, cols],
  values,
});

/** Tensors by the last part of their name (`prefix/mean` → `mean`), or null. */
export const byEnding =
  (table: Readonly<Record<string, HostTensor>>): Produced =>
  (name) =>
    Object.hasOwn(table, ending(name)) ? table[ending(name)] : null;

export const ending = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

/** The LoRA weight an expected name ends on (`sft_grad/base_model.model…`), or null. */
export function loraTensor(state: AdapterState, name: string): HostTensor | null {
  const weight = state.get(ending(name));
  return weight ? { shape: weight.shape, values: weight.values } : null;
}

/** Statistics of the wanted tokens, [T] over all tokens; 0 where nothing is predicted. */
export async function statsOf(
  engine: Engine,
  docs: readonly Uint32Array[],
  wanted: (token: number) => boolean = () => true,
  temperature = 1,
): Promise<{ logprob: Float32Array; entropy: Float32Array }> {
  const tokens = docs.reduce((sum, d) => sum + d.length, 0);
  const out = { logprob: new Float32Array(tokens), entropy: new Float32Array(tokens) };
  for (const chunk of chunks(docs, wanted, engine.maxRows)) {
    scatter(chunk, await engine.tokenStats(chunk.batch, chunk.head, { temperature }), out);
  }
  return out;
}

function scatter(
  chunk: Chunk,
  stats: TokenStats,
  out: { logprob: Float32Array; entropy: Float32Array },
): void {
  chunk.targets.forEach((token, i) => {
    out.logprob[token] = stats.logprob[i];
    out.entropy[token] = stats.entropy[i];
  });
}

/** Full logits of rows named by their place among all tokens, [rows, V]. */
export async function logitsOf(
  engine: Engine,
  docs: readonly Uint32Array[],
  rows: ArrayLike<number>,
  pack: (docs: readonly ArrayLike<number>[]) => PackedBatch,
): Promise<HostTensor> {
  const vocab = engine.config.vocab;
  const values = new Float32Array(rows.length * vocab);
  let first = 0;
  let group: Uint32Array[] = [];
  let count = 0;
  const flush = async () => {
    const mine = Array.from(rows, (row, i) => ({ row, i })).filter(
      ({ row }) => row >= first && row < first + count,
    );
    if (mine.length > 0) {
      const got = await engine.logits(
        pack(group),
        Uint32Array.from(mine, ({ row }) => row - first),
      );
      mine.forEach(({ i }, at) => values.set(got.subarray(at * vocab, (at + 1) * vocab), i * vocab));
    }
    [first, group, count] = [first + count, [], 0];
  };
  for (const document of docs) {
    if (group.length > 0 && count + document.length > engine.maxRows) await flush();
    group.push(document);
    count += document.length;
  }
  await flush();
  const outside = Array.from(rows).find((row) => row < 0 || row >= first);
  if (outside !== undefined) throw new Error(`row ${outside} is wanted, but there are ${first} tokens`);
  return matrix(rows.length, vocab, values);
}
