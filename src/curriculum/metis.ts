// METIS without the model: what the policy is shown, how its judgment is read, rewarded and remembered.
import type { Random } from "./random";
import { mean } from "./stats";

/** Reward variance of answers graded in [0, 1] cannot exceed this. */
export const MAX_VARIANCE = 0.25;

export interface MemoryItem {
  prompt: string;
  /** Realised variance of its rollouts. */
  variance: number;
}

/** The instruction the built-in base model was schooled on; others see the same words. */
export const JUDGE_INSTRUCTION = "Forecast the reward variance (0 to 0.25).";

/** The part of the context that all candidates of a step share. Ends in a line break. */
export function judgmentPrefix(memory: readonly MemoryItem[]): string {
  const examples = memory.map(({ prompt, variance }) => `Q: ${prompt} V: ${variance.toFixed(2)}`);
  return [JUDGE_INSTRUCTION, ...examples].join("\n") + "\n";
}

/** The user message in which the policy forecasts one candidate's variance. */
export function judgmentContext(memory: readonly MemoryItem[], candidate: string): string {
  return `${judgmentPrefix(memory)}Q: ${candidate} V?`;
}

/**
 * The forecast in a judgment: the first `\boxed{number}` with a plain number, cut to [0, 0.25].
 * @returns null when there is none: counted as a parse failure, never guessed
 */
export function parseJudgment(text: string): number | null {
  const found = /\\boxed\{([01]?\.\d+|0|1)\}/.exec(text);
  if (!found) return null;
  return Math.min(MAX_VARIANCE, Math.max(0, Number(found[1])));
}

/** 1 − (4 (forecast − realised))², in [0, 1]. */
export function judgmentReward(forecast: number, realised: number): number {
  return 1 - (4 * (forecast - realised)) ** 2;
}

/** Which of a step's prompts are remembered: drawn at random, evenly over their variances, or the last ones. */
export type MemoryOrder = "uniform" | "spread" | "best-last";

/** A step's prompts (best forecast first) so that those to remember, `size` at most, stand last. */
export function orderForMemory<T extends MemoryItem>(
  items: readonly T[],
  size: number,
  order: MemoryOrder,
  random: Random,
): T[] {
  if (order === "best-last") return [...items];
  const mixed = random.shuffle(items);
  const wanted = Math.min(size, items.length);
  if (order === "uniform" || wanted === 0) return mixed;
  // The middle of each of `wanted` equal parts of the prompts by variance; in mixed order, equals by lot.
  const byVariance = [...mixed].sort((a, b) => a.variance - b.variance);
  const spread = new Set(
    Array.from({ length: wanted }, (_, k) => byVariance[Math.floor(((k + 0.5) * items.length) / wanted)]),
  );
  return [...mixed.filter((item) => !spread.has(item)), ...mixed.filter((item) => spread.has(item))];
}

/** The last K pairs, newest last. */
export function remember(
  memory: readonly MemoryItem[],
  items: readonly MemoryItem[],
  size: number,
): MemoryItem[] {
  return size === 0 ? [] : [...memory, ...items].slice(-size);
}

/** Exponential moving average that starts at its first value. */
export function movingAverage(current: number | null, value: number, decay: number): number {
  return current === null ? value : decay * current + (1 - decay) * value;
}

/** Plain state of a METIS run and of its controls. */
export interface MetisState {
  memory: MemoryItem[];
  /** Baseline b of the judgment reward; null before the first. */
  baseline: number | null;
  /** Moving average of realised variance: the stand-in for an unparsed forecast. */
  meanVariance: number;
  /** Last realised variance and mean reward a sample, by pool index (controls). */
  lastVariance: Record<number, number>;
  value: Record<number, number>;
}

export function newMetisState(): MetisState {
  return { memory: [], baseline: null, meanVariance: 0.1, lastVariance: {}, value: {} };
}

/** The state after a step's rollouts, given best forecast first. */
export function afterRollouts(
  state: MetisState,
  rolled: readonly { sample: number; prompt: string; variance: number; meanReward: number }[],
  memory: { size: number; order: MemoryOrder; random: Random },
): MetisState {
  const lastVariance = { ...state.lastVariance };
  const value = { ...state.value };
  for (const { sample, variance, meanReward } of rolled) {
    lastVariance[sample] = variance;
    value[sample] = meanReward;
  }
  return {
    ...state,
    memory: remember(
      state.memory,
      orderForMemory(rolled, memory.size, memory.order, memory.random),
      memory.size,
    ).map(({ prompt, variance }) => ({ prompt, variance })),
    meanVariance:
      rolled.length === 0
        ? state.meanVariance
        : movingAverage(state.meanVariance, mean(rolled.map((item) => item.variance)), 0.9),
    lastVariance,
    value,
  };
}

/** Forecasts that need no model: the controls METIS is measured against. */
export function controlForecasts(
  control: "last-variance" | "running-mean" | "pcl" | "uniform",
  candidates: readonly number[],
  state: MetisState,
  target: number,
): number[] {
  switch (control) {
    case "uniform":
      return candidates.map(() => 0);
    case "running-mean":
      return candidates.map(() => state.meanVariance);
    case "last-variance":
      return candidates.map((sample) => state.lastVariance[sample] ?? state.meanVariance);
    case "pcl":
      // Nearest to the target first; a prompt never rolled out counts as being at the target, so it is tried.
      return candidates.map((sample) => -Math.abs((state.value[sample] ?? target) - target));
  }
}

export interface Chosen {
  /** Positions in the candidate list, best first. */
  selected: number[];
  /** Those of `selected` that came from the random slice. */
  exploration: number[];
  /** How many of `selected` lot took among equals, where others with the same value were left out. */
  byLot: number;
}

/**
 * The `count` candidates with the highest forecasts, equal ones in random order, with a share of the batch
 * drawn at random from all candidates so that forecasts are also measured where they were low.
 */
export function chooseByForecast(
  forecasts: readonly (number | null)[],
  fallback: number,
  count: number,
  explorationShare: number,
  random: Random,
): Chosen {
  const draws = forecasts.map(() => random.next());
  const valueOf = (i: number) => forecasts[i] ?? fallback;
  const wanted = Math.min(count, forecasts.length);
  const exploration = random.sample(
    forecasts.map((_, i) => i),
    Math.round(explorationShare * wanted),
  );
  const drawn = new Set(exploration);
  const ranked = forecasts
    .map((_, i) => i)
    .filter((i) => !drawn.has(i))
    .sort((a, b) => valueOf(b) - valueOf(a) || draws[a]! - draws[b]!);
  const top = ranked.slice(0, wanted - exploration.length);
  const left = ranked.slice(top.length);
  const cut = top.length > 0 ? valueOf(top[top.length - 1]) : null;
  const tied = left.length > 0 && valueOf(left[0]) === cut;
  const byLot = tied ? top.filter((i) => valueOf(i) === cut).length : 0;
  return { selected: [...top, ...exploration], exploration, byLot };
}
