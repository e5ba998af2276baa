// GPU memory of a config before anything is spent: rows estimated from its settings, bytes by the engine's own plan.
import type { ResolvedConfig } from "../config/schema";
import type { OpenModel } from "../data/modelFolder";
import type { MemoryReport } from "../lib/memory";
import { storedType } from "../model/loadWeights";
import { planMemory, totalBytes } from "../model/plan";
import { MAX_ROWS, adapterConfig } from "./engineHost";
import { assumedLimit } from "./limit";

/** Tokens of a sample where none was read yet. */
const TYPICAL_SAMPLE = 64;
const SLOTS = 64;
const CACHE_BYTES = 256 * 2 ** 20;

/** Where it would pass `limit`, blocks are planned to be computed twice, as the engine then does. */
export function plannedMemory(
  config: ResolvedConfig,
  model: OpenModel,
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
        cacheRows: Math.min(Math.floor(CACHE_BYTES / rowBytes), SLOTS * positions * 2),
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

/** One sentence: whether it fits, else the two settings that help most. */
export function memoryAdvice(memory: MemoryReport, limit: number, config: ResolvedConfig): string {
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20).toLocaleString("en")} MiB`;
  const total = totalBytes(memory);
  const assumption = `Browsers do not tell a GPU's memory; ${mib(limit)} are assumed.`;
  if (total <= limit) return `About ${mib(total)} of GPU memory. ${assumption}`;
  const [largest] = Object.entries(memory).sort(([, a], [, b]) => b - a)[0];
  const help =
    largest === "weights" && config.weights === "as-stored"
      ? 'set the weights to "int8" or "int4", or choose a smaller model'
      : "use fewer samples a step, or a lower LoRA rank";
  return `About ${mib(total)} of GPU memory, most of it ${largest}: ${help}. ${assumption}`;
}
