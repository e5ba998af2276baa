// Reduces the entropies of an answer's tokens to one score per sample: the mean over the first tokens (EDCO's
// paper), or the mean over the most uncertain fifth (EDCO's released code).
import { mean } from "./stats";

/** The part of the estimator settings that is arithmetic. */
export interface Reduction {
  /** null = every token. */
  prefixTokens: number | null;
  reduce: "mean" | "top-fifth";
  unit: "nats" | "bits";
}

const BITS_PER_NAT = 1 / Math.LN2;

/** Mean of the max(1, ⌊n / 5⌋) largest values. */
export function topFifthMean(values: readonly number[]): number {
  const kept = Math.max(1, Math.floor(values.length / 5));
  return mean([...values].sort((a, b) => b - a).slice(0, kept));
}

/**
 * One score from the entropies of one answer.
 *
 * @param entropies one a generated (or reference) token, in `given`
 * @returns the score in `reduction.unit`, null for an answer without tokens (not scored is not zero)
 */
export function reduceEntropy(
  entropies: ArrayLike<number>,
  given: "nats" | "bits",
  reduction: Reduction,
): number | null {
  const kept = Array.from(entropies).slice(0, reduction.prefixTokens ?? undefined);
  if (kept.length === 0) return null;
  const value = reduction.reduce === "mean" ? mean(kept) : topFifthMean(kept);
  if (given === reduction.unit) return value;
  return given === "nats" ? value * BITS_PER_NAT : value / BITS_PER_NAT;
}
