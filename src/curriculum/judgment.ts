// METIS's forecasts in words: the text that the model reads before it forecasts the variance of a prompt's rewards,
// how the number is read from its answer (the judgment), and how the judgment is rewarded.
import type { MemoryItem } from "./record";

/** Reward variance of answers graded in [0, 1] cannot exceed this. */
export const MAX_VARIANCE = 0.25;

/** The instruction that the built-in model was trained on; other models get the same text. */
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
