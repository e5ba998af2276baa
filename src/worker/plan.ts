// Plans the GPU memory of a config before anything is allocated: estimates rows from the settings, and bytes with
// the engine's own plan.
import type { ResolvedConfig } from "../config/schema";
import type { OpenModel } from "../data/modelFolder";
import type { MemoryReport } from "../lib/memory";
import { storedType } from "../model/weightTypes";
import { ENGINE_LIMITS, planMemory, totalBytes } from "../model/plan";
import { adapterConfig } from "./engineHost";
import { MAX_ROWS, assumedLimit, cacheLimit } from "./limit";

/** Tokens of a sample where none was read yet. */
const TYPICAL_SAMPLE = 64;
const { slots: SLOTS } = ENGINE_LIMITS;

/** Where it would pass `limit`, blocks are planned to be computed twice, as the engine then does. */
export function plannedMemory(
  config: ResolvedConfig,
  model: Pick<OpenModel, "config" | "tensors">,
  sampleTokens = TYPICAL_SAMPLE,
  limit = assumedLimit(),
): MemoryReport {
  const { trainer } = config;
  const sequences =
    trainer.kind === "grpo" ? trainer.samplesPerBatch * trainer.rollouts : trainer.samplesPerBatch;
  const trainRows = Math.min(MAX_ROWS, sequences * sampleTokens);
  const { kvHeads, headDim, layers, maxPosition } = model.config;
  const rowBytes = 2 * layers * kvHeads * headDim * 4;
  const positions = Math.min(maxPosition, 2 * sampleTokens);
  const plan = (recompute: boolean): MemoryReport =>
    planMemory(
      model.config,
      adapterConfig(config),
      {
        trainRows,
        trainHead: Math.ceil(trainRows / 2),
        inferRows: MAX_ROWS,
        inferHead: SLOTS,
        cacheRows: Math.min(Math.floor(cacheLimit(limit) / rowBytes), SLOTS * positions * 2),
        slots: SLOTS,
        positions,
        recompute,
      },
      (name) => storedType(model.tensors.get(name)),
      config.weights,
    );
  const kept = plan(false);
  return totalBytes(kept) <= limit ? kept : plan(true);
}

export { assumedLimit, totalBytes };

/** What would make a config fit that does not: each alone is enough; null where it cannot be. */
export interface Fit {
  fits: boolean;
  /** The highest LoRA rank below the present one. */
  rank: number | null;
  /** Tokens of the largest batch, and the samples a step that make it. */
  tokens: number | null;
  samples: number | null;
  /** The most exact stored form of the weights that is smaller than the present one. */
  weights: "int8" | "int4" | null;
}

export function fittingIn(
  limit: number,
  config: ResolvedConfig,
  model: Pick<OpenModel, "config" | "tensors">,
  sampleTokens = TYPICAL_SAMPLE,
): Fit {
  const fitsWith = (change: Partial<ResolvedConfig>): boolean =>
    totalBytes(plannedMemory({ ...config, ...change }, model, sampleTokens, limit)) <= limit;
  if (fitsWith({})) return { fits: true, rank: null, tokens: null, samples: null, weights: null };
  const { adapter, trainer } = config;
  // More rank or more samples never take less memory, so the highest that fits is found by halving.
  const rank = highest(adapter.rank - 1, (r) => fitsWith({ adapter: { ...adapter, rank: r } }));
  const samples = highest(trainer.samplesPerBatch - 1, (n) =>
    fitsWith({ trainer: { ...trainer, samplesPerBatch: n } }),
  );
  const answers = trainer.kind === "grpo" ? trainer.rollouts : 1;
  const tokens = samples === null ? null : Math.min(MAX_ROWS, samples * answers * sampleTokens);
  const smaller = config.weights === "as-stored" ? (["int8", "int4"] as const) : [];
  return {
    fits: false,
    rank,
    tokens,
    samples,
    weights: smaller.find((weights) => fitsWith({ weights })) ?? null,
  };
}

/** The largest whole number from 1 to `most` that passes; null when 1 does not. `passes` turns false once. */
function highest(most: number, passes: (n: number) => boolean): number | null {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? low : null;
}

/** One sentence: whether it fits, else what would make it fit. */
export function memoryAdvice(memory: MemoryReport, limit: number, fit: Fit): string {
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20).toLocaleString("en")} MiB`;
  const total = totalBytes(memory);
  const assumption = `Browsers do not tell a GPU's memory; ${mib(limit)} are assumed.`;
  if (fit.fits) return `Fits: about ${mib(total)} of GPU memory. ${assumption}`;
  const ways = [
    ...(fit.rank === null ? [] : [`lower the rank to ${fit.rank}`]),
    ...(fit.tokens === null
      ? []
      : [`lower the batch to ${fit.tokens} tokens (${fit.samples} samples a step)`]),
    ...(fit.weights === null ? [] : [`store the weights as ${fit.weights}`]),
  ];
  const help =
    ways.length === 0
      ? "no lower rank or smaller batch alone is enough; take a smaller model"
      : ways.join(", or ");
  return `Does not fit: about ${mib(total)} of GPU memory: ${help}. ${assumption}`;
}
