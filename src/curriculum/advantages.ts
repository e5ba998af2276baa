// The arithmetic of GRPO: advantages from the rewards of a group, and how each loss type weights a token.
import { mean, sampleVariance } from "./stats";

const STD_EPSILON = 1e-4;

/**
 * Reward minus the mean of its group, divided by the group's or the batch's standard deviation (n − 1, plus
 * 1e-4) or not at all. As TRL computes it.
 *
 * @param rewards groups of `groupSize`, one after another
 */
export function advantages(
  rewards: readonly number[],
  groupSize: number,
  scale: "group" | "batch" | "none",
): number[] {
  const batchStd = scale === "batch" ? deviation(rewards) : 0;
  const out: number[] = [];
  for (let start = 0; start < rewards.length; start += groupSize) {
    const group = rewards.slice(start, start + groupSize);
    const m = mean(group);
    const divisor = scale === "none" ? 1 : (scale === "group" ? deviation(group) : batchStd) + STD_EPSILON;
    for (const reward of group) out.push((reward - m) / divisor);
  }
  return out;
}

function deviation(values: readonly number[]): number {
  return values.length > 1 ? Math.sqrt(sampleVariance(values)) : 0;
}

export type LossType = "grpo" | "bnpo" | "dr_grpo" | "dapo";

/**
 * The weight of each kept token of rollout i of a mini-batch, so that the loss is Σ weight · token loss.
 *
 * @param kept tokens in the loss, one count a rollout (0 = fully masked, still counted as a rollout)
 * @param lossLength dr_grpo's constant length
 * @param share dapo's count: the tokens of all mini-batches by their number; left out = those of `kept`
 */
export function tokenWeights(
  kept: readonly number[],
  lossType: LossType,
  lossLength: number,
  share?: number,
): number[] {
  const rollouts = kept.length;
  const total = kept.reduce((sum, count) => sum + count, 0);
  return kept.map((count) => {
    switch (lossType) {
      case "grpo":
        return 1 / (rollouts * Math.max(1, count));
      case "dr_grpo":
        return 1 / (rollouts * lossLength);
      case "bnpo":
        return 1 / Math.max(1, total);
      case "dapo":
        return 1 / (share ?? Math.max(1, total));
    }
  });
}
