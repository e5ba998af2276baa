// LoRA's gradients in f64, for adapters joined over one input.
import { slotOf } from "./matmul";

interface Shape {
  rows: number;
  n: number;
  k: number;
  rank: number;
  slots: number;
  scale: number;
  segments: readonly [number, number];
}

/** Given y = scale · (x Aᵀ) Bᵀ by segments and dy: dxa, dA, dB. */
export function loraGradReference(
  s: Shape,
  x: ArrayLike<number>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  dy: ArrayLike<number>,
): { xa: Float64Array; dxa: Float64Array; dA: Float64Array; dB: Float64Array } {
  const sr = s.slots * s.rank;
  const xa = new Float64Array(s.rows * sr);
  const dxa = new Float64Array(s.rows * sr);
  const dA = new Float64Array(sr * s.k);
  const dB = new Float64Array(s.n * s.rank);
  for (let t = 0; t < s.rows; t++) {
    for (let r = 0; r < sr; r++)
      for (let k = 0; k < s.k; k++) xa[t * sr + r] += x[t * s.k + k] * a[r * s.k + k];
    for (let o = 0; o < s.n; o++) {
      const slot = slotOf(o, s.segments) * s.rank;
      for (let r = 0; r < s.rank; r++) {
        dxa[t * sr + slot + r] += s.scale * dy[t * s.n + o] * b[o * s.rank + r];
        dB[o * s.rank + r] += s.scale * dy[t * s.n + o] * xa[t * sr + slot + r];
      }
    }
    for (let r = 0; r < sr; r++)
      for (let k = 0; k < s.k; k++) dA[r * s.k + k] += dxa[t * sr + r] * x[t * s.k + k];
  }
  return { xa, dxa, dA, dB };
}
