// What a run will need, from a model's config.json alone: a stand-in for its tensors, so that memory is planned before
// anything is downloaded, and the multiply-adds of a step and of scoring a row.
import type { ResolvedConfig } from "../config/schema";
import { parseModelConfig } from "../data/modelConfig";
import type { OpenModel } from "../data/modelFolder";
import type { TensorEntry } from "../data/safetensors";
import { LINEARS, linearShape, type DecoderConfig } from "../families/config";
import { neededTensors } from "../families/tensors";
import type { MemoryReport } from "../lib/memory";
import { plannedMemory, totalBytes } from "./plan";

/** Names of stored types in config.json, and in the header of a file. */
const STORED: Readonly<Record<string, string>> = { float32: "F32", bfloat16: "BF16", float16: "F16" };

/** A model of that config.json, its tensors of the type that it names (bf16 where it names none), without values. */
export function modelOfShape(hub: Record<string, unknown>): Pick<OpenModel, "config" | "tensors"> {
  const config = parseModelConfig(hub);
  const dtype = STORED[String(hub.dtype ?? hub.torch_dtype)] ?? "BF16";
  const source = {
    name: "config.json",
    size: 0,
    read: () => Promise.reject(new Error("no values are known")),
  };
  const tensors = new Map<string, TensorEntry>();
  for (const { name, shape } of neededTensors(config))
    tensors.set(name, { name, dtype, shape, source, offset: 0, bytes: 0 });
  return { config, tensors };
}

/** Multiply-adds of one row of a block's matrices, all blocks together; of its adapter; and of its logits. */
function perRow(config: DecoderConfig, { rank, targets }: ResolvedConfig["adapter"]) {
  let [frozen, adapter] = [0, 0];
  for (const name of LINEARS) {
    const [rows, cols] = linearShape(config, name);
    frozen += config.layers * rows * cols;
    if (targets.includes(name)) adapter += config.layers * rank * (rows + cols);
  }
  return { frozen, adapter, logits: config.vocab * config.hidden };
}

/** Multiply-adds of attention over one document: every row sees those before it, scores and values. */
const attention = ({ layers, heads, headDim }: DecoderConfig, tokens: number): number =>
  layers * heads * headDim * tokens * (tokens + 1);

export interface PlannedWork {
  /** Rows of a training step. */
  stepRows: number;
  /** Multiply-adds of one training step. */
  step: number;
  /** Multiply-adds of scoring one row of the pool. */
  scoreRow: number;
}

/**
 * Half of a sample's tokens are taken to be answer. A step is a forward pass, one through the frozen matrices back to the
 * inputs, two through the adapter's, and the logits three times; where blocks are computed twice, another forward pass.
 */
export function plannedWork(
  run: ResolvedConfig,
  config: DecoderConfig,
  { sampleTokens, recompute }: { sampleTokens: number; recompute: boolean },
): PlannedWork {
  const { frozen, adapter, logits } = perRow(config, run.adapter);
  const { kind, samplesPerBatch, rollouts } = run.trainer;
  const samples = samplesPerBatch * (kind === "grpo" ? rollouts : 1);
  const stepRows = samples * sampleTokens;
  const forward = stepRows * (frozen + adapter) + samples * attention(config, sampleTokens);
  const backward = stepRows * (frozen + 2 * adapter) + 2.5 * samples * attention(config, sampleTokens);
  const heads = 3 * (stepRows / 2) * logits;
  const { prefixTokens } = run.curriculum.estimator;
  const scored = sampleTokens / 2 + prefixTokens;
  return {
    stepRows,
    step: forward * (recompute ? 2 : 1) + backward + heads,
    scoreRow: scored * (frozen + adapter) + attention(config, scored) + prefixTokens * logits,
  };
}

export interface ShapePlan {
  model: string;
  weights: string;
  /** Rows of a training step. */
  stepRows: number;
  bytes: MemoryReport & { total: number };
  /** Whether blocks are computed twice, to stay within the limit. */
  recompute: boolean;
  limitBytes: number;
  /** At `rateFlops` operations a second; null where the budget is not in steps. */
  minutes: { step: number; training: number | null; scoring1000Rows: number };
  rateFlops: number;
}

/** The plan of a run on the model of that config.json. */
export function planShape(
  run: ResolvedConfig,
  hub: Record<string, unknown>,
  { limitBytes, sampleTokens, rateFlops }: { limitBytes: number; sampleTokens: number; rateFlops: number },
): ShapePlan {
  const model = modelOfShape(hub);
  const bytes = plannedMemory(run, model, sampleTokens, limitBytes);
  const recompute = bytes.activations < plannedMemory(run, model, sampleTokens, Infinity).activations;
  const work = plannedWork(run, model.config, { sampleTokens, recompute });
  const minutes = (multiplyAdds: number) => (2 * multiplyAdds) / rateFlops / 60;
  const { steps } = run.budget;
  return {
    ...{ model: run.model.source, weights: run.weights, stepRows: work.stepRows },
    ...{ recompute, limitBytes, rateFlops },
    bytes: { ...bytes, total: totalBytes(bytes) },
    minutes: {
      step: minutes(work.step),
      training: steps === null ? null : steps * minutes(work.step),
      scoring1000Rows: 1000 * minutes(work.scoreRow),
    },
  };
}
