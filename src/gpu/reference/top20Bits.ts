// The entropy in bits of the 20 likeliest tokens, renormalised, in f64.

/** −Σ p·log2(p + 1e-12) of softmax(kept), bits; `kept` as top20Reference gives it. */
export function top20BitsReference(kept: ArrayLike<number>): number {
  const weights = Array.from(kept, (x) => Math.exp(x - kept[0]));
  const mass = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((bits, w) => bits - (w / mass) * Math.log2(w / mass + 1e-12), 0);
}
