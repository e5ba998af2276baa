// One supervised step. Its loss is the mean of −log p over all answer tokens of the batch, end tokens included.
import type { TrainerConfig } from "../config/schema";
import type { AdamWStep, Engine, StepReport, TokenStats, TrainItem } from "../model/engine";
import { asDocument, cutToRows, groupRows, pack } from "./pack";
import type { PoolSample } from "./samples";

export interface SftStep {
  report: StepReport;
  /** Mean −log p of each sample's targets before the step, nats; where asked for. */
  losses?: number[];
  /** Rows trained, prompts included. */
  tokens: number;
}

/** Train items of a batch: as few as the engine's rows allow; their summed loss is the mean over all targets. */
export function sftItems(samples: readonly PoolSample[], maxRows: number): TrainItem[] {
  const targets = samples.reduce((sum, sample) => sum + sample.answerIds.length, 0);
  const groups = samples.map((sample) => asDocument(sample.promptIds, sample.answerIds));
  return cutToRows(groups, groupRows, maxRows).map((part) => {
    const { batch, head } = pack(part);
    const nllWeight = new Float32Array(head.rows.length).fill(1 / targets);
    return { batch, head, objective: { nllWeight } };
  });
}

/** @param wanted whether each sample's own loss is read back too: out of the same forward, with what is read anyway */
export async function sftStep(
  engine: Engine,
  samples: readonly PoolSample[],
  optimizer: AdamWStep,
  wanted: { losses?: boolean } = {},
): Promise<SftStep> {
  const items = sftItems(samples, engine.maxRows);
  const tokens = rowsOf(items);
  if (!wanted.losses) return { report: await engine.trainStep(items, optimizer), tokens };
  const { stats = [], ...report } = await engine.trainStep(items, optimizer, { stats: true });
  return { report, tokens, losses: lossesOf(samples, stats) };
}

/** Targets lie sample after sample, over all items of a batch. NaN for a sample without targets. */
function lossesOf(samples: readonly PoolSample[], stats: readonly TokenStats[]): number[] {
  const logprob = stats.flatMap((item) => Array.from(item.logprob));
  let at = 0;
  return samples.map(({ answerIds }) => {
    const own = logprob.slice(at, (at += answerIds.length));
    return -own.reduce((sum, x) => sum + x, 0) / own.length;
  });
}

export function rowsOf(items: readonly TrainItem[]): number {
  return items.reduce((sum, item) => sum + item.batch.tokens.length, 0);
}

/**
 * AdamW of a step.
 *
 * @param step 0 = first since the optimiser (re)started
 * @param steps of that stretch: what linear and cosine fall to zero over; null = unknown, then constant
 */
export function optimizerAt(config: TrainerConfig, step: number, steps: number | null): AdamWStep {
  const { beta1, beta2, epsilon, weightDecay, clipNorm } = config;
  const learningRate = config.learningRate * scheduleFactor(config, step, steps);
  return { learningRate, beta1, beta2, epsilon, weightDecay, clipNorm };
}

function scheduleFactor(
  { schedule, warmupSteps }: TrainerConfig,
  step: number,
  steps: number | null,
): number {
  if (step < warmupSteps) return step / warmupSteps;
  if (schedule === "constant" || steps === null) return 1;
  const done = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  return schedule === "linear" ? 1 - done : (1 + Math.cos(Math.PI * done)) / 2;
}
