// The statistics of a row computed directly from its logits, in f64, to check the online computation by moments.

export interface RowStats {
  /** Of the target, nats. */
  logprob: number;
  /** Nats. */
  entropy: number;
  lse: number;
  /** Lowest index of the largest logit. */
  argmax: number;
}

/** Statistics of softmax(logits) about one target. */
export function rowStats(logits: ArrayLike<number>, target: number): RowStats {
  let argmax = 0;
  for (let v = 1; v < logits.length; v++) if (logits[v] > logits[argmax]) argmax = v;
  let mass = 0;
  for (let v = 0; v < logits.length; v++) mass += Math.exp(logits[v] - logits[argmax]);
  const lse = logits[argmax] + Math.log(mass);
  let entropy = 0;
  for (let v = 0; v < logits.length; v++) {
    const p = Math.exp(logits[v] - lse);
    entropy -= p && p * (logits[v] - lse);
  }
  return { logprob: logits[target] - lse, entropy: Math.max(0, entropy), lse, argmax };
}

/** From moments (peak, mass, tilt, target's logit) as the kernel does it. */
export function headFinishReference(
  peak: number,
  mass: number,
  tilt: number,
  target: number,
): Omit<RowStats, "argmax"> {
  const lse = peak + Math.log(mass);
  return { logprob: target - lse, entropy: Math.max(0, Math.log(mass) - tilt / mass), lse };
}
