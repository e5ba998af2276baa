// What rollouts have shown so far, for the strategies that forecast: the newest prompts with their reward variance,
// moving averages, and the last result of every sample. Plain data, stored in every checkpoint.
import type { Random } from "./random";
import { mean } from "./stats";

export interface MemoryItem {
  prompt: string;
  /** Realised variance of its rollouts. */
  variance: number;
}

/** Which of a step's prompts are remembered: drawn at random, evenly over their variances, or the last ones. */
export type MemoryOrder = "uniform" | "spread" | "best-last";

/** Reorders a step's prompts (best forecast first) so that those to remember, `size` at most, are last. */
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
  // The middle of each of `wanted` equal parts of the prompts by variance; in mixed order, equals at random.
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

export interface RolloutRecord {
  memory: MemoryItem[];
  /** Moving average of realised variance. */
  meanVariance: number;
  /** Last realised variance and mean reward a sample, by pool index. */
  lastVariance: Record<number, number>;
  value: Record<number, number>;
}

export function newRecord(): RolloutRecord {
  return { memory: [], meanVariance: 0.1, lastVariance: {}, value: {} };
}

/** One prompt's rollouts, in short. */
export interface RolledPrompt {
  sample: number;
  prompt: string;
  variance: number;
  meanReward: number;
}

/** The record after a step's rollouts, given best forecast first. */
export function afterRollouts(
  state: RolloutRecord,
  rolled: readonly RolledPrompt[],
  memory: { size: number; order: MemoryOrder; random: Random },
): RolloutRecord {
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
