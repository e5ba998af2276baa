// The arithmetic of reinforcement fine-tuning: advantages of a group of rollouts, what each token weighs in the loss,
// how much was clipped, and METIS's judge. Plain numbers, no model; conventions as in TRL.

/** `group` and `batch` divide by (std + epsilon), std with n − 1; `none` only subtracts the mean. */
export type AdvantageScale = "group" | "batch" | "none";
export type LossType = "grpo" | "bnpo" | "dr_grpo" | "dapo";

const mean = (values: ArrayLike<number>, start = 0, end = values.length): number => {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i];
  return sum / (end - start);
};

/** Standard deviation with n − 1; 0 for a single value. */
function deviation(values: ArrayLike<number>, start = 0, end = values.length): number {
  const centre = mean(values, start, end);
  let sum = 0;
  for (let i = start; i < end; i++) sum += (values[i] - centre) ** 2;
  return end - start > 1 ? Math.sqrt(sum / (end - start - 1)) : 0;
}

function wholeGroups(count: number, groupSize: number): number {
  if (!(Number.isInteger(groupSize) && groupSize >= 1) || count % groupSize !== 0) {
    throw new RangeError(`${count} rollouts do not fill groups of ${groupSize}`);
  }
  return count / groupSize;
}

/** Advantage of each rollout; rollouts of a prompt lie together. @throws RangeError when groups are not full. */
export function advantages(
  rewards: ArrayLike<number>,
  groupSize: number,
  scale: AdvantageScale,
  epsilon = 1e-4,
): Float64Array {
  const groups = wholeGroups(rewards.length, groupSize);
  const out = new Float64Array(rewards.length);
  const whole = scale === "batch" ? deviation(rewards) : 0;
  for (let g = 0; g < groups; g++) {
    const [start, end] = [g * groupSize, (g + 1) * groupSize];
    const centre = mean(rewards, start, end);
    const divisor =
      scale === "none" ? 1 : (scale === "batch" ? whole : deviation(rewards, start, end)) + epsilon;
    for (let i = start; i < end; i++) out[i] = (rewards[i] - centre) / divisor;
  }
  return out;
}

/** Population variance (1/n) of each group's rewards. @throws RangeError when groups are not full. */
export function groupVariance(rewards: ArrayLike<number>, groupSize: number): Float64Array {
  return Float64Array.from({ length: wholeGroups(rewards.length, groupSize) }, (_, g) => {
    const [start, end] = [g * groupSize, (g + 1) * groupSize];
    const centre = mean(rewards, start, end);
    let sum = 0;
    for (let i = start; i < end; i++) sum += (rewards[i] - centre) ** 2;
    return sum / groupSize;
  });
}

/**
 * What each completion token's term weighs in the loss, so that the loss is the plain weighted sum.
 * @param lengths completion tokens of each rollout; `mask` [Σ lengths] is 0 where a token is not in the loss.
 * @param maxLength longest completion allowed; only `dr_grpo` divides by it.
 */
export function tokenWeights(
  type: LossType,
  lengths: readonly number[],
  mask: ArrayLike<number>,
  maxLength: number,
): Float64Array {
  const out = new Float64Array(mask.length);
  let counted = 0;
  for (let i = 0; i < mask.length; i++) counted += mask[i];
  let start = 0;
  for (const length of lengths) {
    let own = 0;
    for (let i = start; i < start + length; i++) own += mask[i];
    const divisor =
      type === "grpo"
        ? Math.max(1, own) * lengths.length
        : type === "dr_grpo"
          ? lengths.length * maxLength
          : Math.max(1, counted);
    for (let i = start; i < start + length; i++) out[i] = mask[i] / divisor;
    start += length;
  }
  if (start !== mask.length)
    throw new RangeError(`the rollouts have ${start} tokens, the mask has ${mask.length}`);
  return out;
}

/** A value a rollout, repeated for each of its tokens. */
export function perToken(values: ArrayLike<number>, lengths: readonly number[]): Float64Array {
  return Float64Array.from(lengths.flatMap((length, i) => Array<number>(length).fill(values[i])));
}

/** exp(ref − logp) − (ref − logp) − 1: never negative, 0 where both agree. Nats. */
export const k3 = (ref: number, logprob: number): number => Math.expm1(ref - logprob) - (ref - logprob);

export interface ClipBounds {
  epsilonLow: number;
  epsilonHigh: number;
}

/** Shares of the masked tokens without a policy gradient: clipped below, above, either. 0 when nothing is masked in. */
export function clipShares(
  logprob: ArrayLike<number>,
  old: ArrayLike<number>,
  advantage: ArrayLike<number>,
  mask: ArrayLike<number>,
  { epsilonLow, epsilonHigh }: ClipBounds,
): [low: number, high: number, either: number] {
  let [low, high, counted] = [0, 0, 0];
  for (let i = 0; i < mask.length; i++) {
    const ratio = Math.exp(logprob[i] - old[i]);
    counted += mask[i];
    if (ratio < 1 - epsilonLow && advantage[i] < 0) low += mask[i];
    if (ratio > 1 + epsilonHigh && advantage[i] > 0) high += mask[i];
  }
  const share = (n: number) => (counted > 0 ? n / counted : 0);
  return [share(low), share(high), share(low + high)];
}

/** METIS: R = 1 − (4 (v̂ − v))², at most 1; variances of rewards in [0, 1] lie in [0, 0.25]. */
export const judgeReward = (forecast: number, variance: number): number =>
  1 - (4 * (forecast - variance)) ** 2;

/** Exponential moving average of the mean judge reward; a loss uses the value before this update. */
export const nextBaseline = (baseline: number, rewards: ArrayLike<number>, decay: number): number =>
  rewards.length > 0 ? decay * baseline + (1 - decay) * mean(rewards) : baseline;

/** REINFORCE weight of every judgment token: (R − baseline) / P, to be used as a weight on −log p. */
export function judgeWeights(
  rewards: ArrayLike<number>,
  baseline: number,
  lengths: readonly number[],
): Float64Array {
  return perToken(
    Float64Array.from(rewards, (r) => (r - baseline) / lengths.length),
    lengths,
  );
}
