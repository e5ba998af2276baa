// The gradient of gLogp · log p[target] + gEntropy · H with respect to the logits of one row, in f64.

/** d / d logits of gLogp · logprob(target) + gEntropy · entropy; a target outside the row adds nothing but mass. */
export function headGradReference(
  logits: ArrayLike<number>,
  target: number,
  gLogp: number,
  gEntropy: number,
): Float64Array {
  let peak = -Infinity;
  for (let v = 0; v < logits.length; v++) peak = Math.max(peak, logits[v]);
  let mass = 0;
  for (let v = 0; v < logits.length; v++) mass += Math.exp(logits[v] - peak);
  const logp = Float64Array.from(logits, (x) => x - peak - Math.log(mass));
  let entropy = 0;
  for (const l of logp) entropy -= Math.exp(l) && Math.exp(l) * l;
  return logp.map((l, v) => {
    const p = Math.exp(l);
    return gLogp * (Number(v === target) - p) - (p && gEntropy * p * (l + entropy));
  });
}
