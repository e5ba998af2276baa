// Test and bench helper: batches of any size, all buffers of a training batch without computing anything, and a
// straight line fitted to bytes against rows.
import type { TensorEntry } from "../../data/safetensors";
import { neededTensors } from "../../families/tensors";
import type { Gpu } from "../../gpu/gpu";
import type { Listed } from "../../gpu/ledger";
import type { MemoryReport } from "../../lib/memory";
import { Adapter } from "../adapter";
import { LINEARS, PLAIN, type AdapterConfig, type DecoderConfig } from "../../families/config";
import type { PackedBatch, TrainItem } from "../engine";
import { uploadWeights } from "../loadWeights";
import type { PlannedWork } from "../plan";
import { fixedVariant } from "../variants";
import { storedType, type LoadedModel } from "../weightTypes";
import { Workspace } from "../workspace";

export const lora = (rank: number, layers: number[] | null = null): AdapterConfig => ({
  rank,
  alpha: 2 * rank,
  targets: [...LINEARS],
  useRslora: false,
  layers,
});

/** `rows` tokens in documents of `length`, every row predicting the next; by default one document. */
export function documents(rows: number, vocab: number, length = rows): TrainItem {
  const all = (of: (i: number) => number) => Uint32Array.from({ length: rows }, (_, i) => of(i));
  const start = (i: number) => i - (i % length);
  const batch: PackedBatch = {
    tokens: all((i) => 3 + ((i * 97 + ((i * i) % 31)) % (vocab - 3))),
    position: all((i) => i - start(i)),
    documentStart: all(start),
    prefixStart: all(() => 0),
    prefixEnd: all(() => 0),
    visibleEnd: all((i) => Math.min(rows, start(i) + length)),
  };
  const head = { rows: all((i) => i).slice(0, rows - 1), targets: batch.tokens.slice(1) };
  return { batch, head, objective: { nllWeight: new Float32Array(rows - 1).fill(1 / rows) } };
}

/** A training batch of `rows`, as planMemory asks for it. */
export const trainingWork = (rows: number, recompute = false): PlannedWork => ({
  ...{ trainRows: rows, trainHead: rows, inferRows: 0, inferHead: 0, cacheRows: 0, slots: 0 },
  ...{ positions: rows, recompute },
});

export interface Created {
  total: number;
  bytes: MemoryReport;
  /** Every buffer, largest first. */
  buffers: Listed[];
  /** Bytes still there after everything was freed. */
  left: number;
}

/** Everything of a training batch as the engine creates it, without computing anything. */
export async function createTraining(
  gpu: Gpu,
  model: LoadedModel,
  adapter: AdapterConfig,
  work: PlannedWork,
): Promise<Created> {
  const before = { ...gpu.bytes };
  const known = new Set(gpu.ledger.buffers());
  const weights = await uploadWeights(gpu, model, "as-stored");
  const parameters = new Adapter(gpu, model.config, weights.shape, adapter);
  const space = new Workspace(gpu, weights, parameters, fixedVariant(gpu).choose, "as-stored");
  const { trainRows: rows, trainHead: head, positions, recompute } = work;
  space.contexts("train", { rows, head, positions, pairs: rows, recompute });
  const bytes = { ...gpu.bytes };
  for (const purpose of Object.keys(bytes) as (keyof MemoryReport)[]) bytes[purpose] -= before[purpose];
  const buffers = gpu.ledger.list((buffer) => !known.has(buffer));
  space.dispose();
  const sum = (report: MemoryReport) => Object.values(report).reduce((a, b) => a + b, 0);
  return { total: sum(bytes), bytes, buffers, left: gpu.createdBytes - sum(before) };
}

export interface Line {
  /** y = fixed + slope · x */
  fixed: number;
  slope: number;
  /** Largest |y − line| as a share of y. */
  worst: number;
}

/** The line of least squares. */
export function fitLine(x: readonly number[], y: readonly number[]): Line {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const slope =
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0) /
    x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const fixed = my - slope * mx;
  const worst = Math.max(...x.map((value, i) => Math.abs(y[i] - fixed - slope * value) / y[i]));
  return { fixed, slope, worst };
}

/** How the file stores a tensor, as planMemory asks. */
export const typesOf = (model: LoadedModel) => (name: string) => storedType(model.tensors.get(name));

/** A model whose values are all zero, stored as `typeOf` says: what counts is bytes. */
function zeroModel(
  name: string,
  config: DecoderConfig,
  typeOf: (name: string) => "int4" | "int8" | "bf16" | "f32",
): LoadedModel {
  const tensors = new Map<string, TensorEntry>();
  for (const { name: tensor, shape } of neededTensors(config)) {
    const dtype = shape.length > 1 ? typeOf(tensor) : "f32";
    const bytes = (dtype === "bf16" ? 2 : 4) * shape.reduce((a, b) => a * b, 1);
    const source = {
      name: tensor,
      size: bytes,
      read: async (_: number, length: number) => new Uint8Array(length),
    };
    const rowBytes = ((shape[1] ?? 0) / 32) * (dtype === "int8" ? 36 : 24);
    const read = async (_: number, count: number) => new Uint8Array(count * rowBytes);
    const quantised = dtype === "int4" || dtype === "int8";
    const packed = quantised ? { stored: dtype, packed: { dtype, rowBytes, read } as const } : {};
    const stored = dtype === "bf16" ? "BF16" : "F32";
    tensors.set(tensor, { name: tensor, dtype: stored, shape, source, offset: 0, bytes, ...packed });
  }
  return { name, config, tensors };
}

const LLAMA = {
  architecture: "llama",
  ...{ rmsEps: 1e-5, ropeTheta: 100_000, ropeScaling: null, qkNorm: false, qkvBias: false, ...PLAIN },
  ...{ tiedHead: true, maxPosition: 8192, eosTokenIds: [2] },
} as const satisfies Partial<DecoderConfig>;

const SMOLLM2 = {
  ...{ ...LLAMA, eosTokenIds: [2] },
  ...{ vocab: 49_152, hidden: 576, layers: 30, intermediate: 1536, heads: 9, kvHeads: 3, headDim: 64 },
};

/** SmolLM2-135M's shape and stored types (as its Q4_1 GGUF file), with zeros for values. */
export const smolLm2 = (): LoadedModel =>
  zeroModel("SmolLM2-135M", SMOLLM2, (name) => (name === "model.embed_tokens.weight" ? "int8" : "int4"));

/** The same as published: bf16. */
export const smolLm2Bf16 = (): LoadedModel => zeroModel("SmolLM2-135M, bf16", SMOLLM2, () => "bf16");

/** Qwen3's shape of that width, int4, with fewer layers: the plan counts each layer alike. */
export const qwen3 = (hidden: 1024 | 2048, layers: number): LoadedModel =>
  zeroModel(
    `Qwen3 of width ${hidden}, ${layers} layers, int4`,
    {
      ...{
        ...LLAMA,
        architecture: "qwen3",
        qkNorm: true,
        rmsEps: 1e-6,
        ropeTheta: 1e6,
        eosTokenIds: [151_645],
      },
      ...{ vocab: 151_936, hidden, layers, intermediate: 3 * hidden, heads: 16, kvHeads: 8, headDim: 128 },
    },
    () => "int4",
  );

/** One narrow block under a vocabulary of several head tiles: next to a tensor T × V everything else is small. */
export const wideVocabulary = (): LoadedModel =>
  zeroModel(
    "one narrow block",
    {
      ...{ ...LLAMA, eosTokenIds: [2] },
      ...{ vocab: 20_000, hidden: 32, layers: 1, intermediate: 64, heads: 1, kvHeads: 1, headDim: 32 },
    },
    () => "f32",
  );
