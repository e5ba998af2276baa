// Figures about a policy update that the trainer does not report itself: the KL estimate k3, and the shares of
// tokens that were clipped.

/** exp(ref − logp) − (ref − logp) − 1 (Schulman's k3): never negative, 0 where both agree. Nats. */
export const k3 = (ref: number, logprob: number): number => Math.expm1(ref - logprob) - (ref - logprob);

/** A value a rollout, repeated for each of its tokens. */
export function perToken(values: readonly number[], lengths: readonly number[]): number[] {
  return lengths.flatMap((length, i) => Array<number>(length).fill(values[i]));
}

export interface ClipBounds {
  epsilonLow: number;
  epsilonHigh: number;
}

/**
 * Shares of the tokens in the loss whose ratio is clipped, so that they have no policy gradient: below, above,
 * either. All arguments one a token; `mask` is 0 where a token is not in the loss. 0 when none is.
 */
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
