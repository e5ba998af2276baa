// The objective of one head row, term by term as PyTorch computes it, with derivatives derived by hand, in f64.
import type { PolicySettings } from "../kernels/policyGradient";

export interface PolicyRow {
  nllWeight: number;
  pgWeight: number;
  advantage: number;
  oldLogprob: number;
  refLogprob: number;
  entropyWeight: number;
}

/** The loss term of a row with log-probability `logp` and entropy `entropy` (nats). */
export function policyTerm(logp: number, entropy: number, row: PolicyRow, options: PolicySettings): number {
  const nll = -row.nllWeight * logp;
  if (row.pgWeight === 0) return nll;
  const ratio = options.hasOld ? Math.exp(logp - row.oldLogprob) : 1;
  const clipped = Math.min(Math.max(ratio, 1 - options.epsilonLow), 1 + options.epsilonHigh);
  let inner = -Math.min(ratio * row.advantage, clipped * row.advantage);
  if (options.hasRef) {
    const d = row.refLogprob - logp;
    const kl = Math.expm1(d) - d;
    inner += options.beta * (options.klTimesRatio ? kl * ratio : kl);
  }
  return nll + row.pgWeight * inner - row.entropyWeight * entropy;
}

/** [d term / d logp, d term / d entropy]; without old, the ratio is 1 and moves as exp(logp − its own value). */
export function policySlopes(logp: number, row: PolicyRow, options: PolicySettings): [number, number] {
  if (row.pgWeight === 0) return [-row.nllWeight, 0];
  const ratio = options.hasOld ? Math.exp(logp - row.oldLogprob) : 1;
  const [low, high] = [1 - options.epsilonLow, 1 + options.epsilonHigh];
  const inside = ratio >= low && ratio <= high;
  const clipped = Math.min(Math.max(ratio, low), high);
  // min hands the slope to its smaller arm; the clipped arm has none outside the interval.
  const moves = inside || ratio * row.advantage < clipped * row.advantage;
  let slope = moves ? -ratio * row.advantage : 0;
  if (options.hasRef) {
    const d = row.refLogprob - logp;
    const kl = Math.expm1(d) - d;
    const klSlope = -Math.expm1(d);
    slope += options.beta * (options.klTimesRatio ? klSlope * ratio + kl * ratio : klSlope);
  }
  return [-row.nllWeight + row.pgWeight * slope, -row.entropyWeight];
}
