// The matmul with frozen weights and its input gradient in plain f64, with LoRA, bias and residual.

export interface ReferenceLora {
  /** [T, S·R] and [N, R], row-major. */
  xa: ArrayLike<number>;
  b: ArrayLike<number>;
  rank: number;
  slots: number;
  scale: number;
  segments: readonly [number, number];
}

/** Which of the joined adapters output column `o` belongs to. */
export const slotOf = (o: number, segments: readonly [number, number]): number =>
  (o >= segments[0] ? 1 : 0) + (o >= segments[1] ? 1 : 0);

/** y[T, N] = x[T, K] W[N, K]ᵀ + scale · xa Bᵀ + bias + residual. */
export function matmulReference(
  d: { rows: number; k: number; n: number },
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  extra: { lora?: ReferenceLora; bias?: ArrayLike<number>; residual?: ArrayLike<number> } = {},
): Float64Array {
  const y = new Float64Array(d.rows * d.n);
  for (let t = 0; t < d.rows; t++) {
    for (let o = 0; o < d.n; o++) {
      let sum = 0;
      for (let k = 0; k < d.k; k++) sum += x[t * d.k + k] * w[o * d.k + k];
      const lora = extra.lora;
      if (lora) {
        const from = t * lora.slots * lora.rank + slotOf(o, lora.segments) * lora.rank;
        for (let r = 0; r < lora.rank; r++) sum += lora.scale * lora.xa[from + r] * lora.b[o * lora.rank + r];
      }
      y[t * d.n + o] = sum + (extra.bias?.[o] ?? 0) + (extra.residual?.[t * d.n + o] ?? 0);
    }
  }
  return y;
}

/** dx[T, K] = dy[T, N] W[N, K] + dxa[T, SR] A[SR, K] + before. */
export function matmulDxReference(
  d: { rows: number; k: number; n: number },
  dy: ArrayLike<number>,
  w: ArrayLike<number>,
  extra: { dxa?: ArrayLike<number>; a?: ArrayLike<number>; sr?: number; before?: ArrayLike<number> } = {},
): Float64Array {
  const dx = new Float64Array(d.rows * d.k);
  for (let t = 0; t < d.rows; t++) {
    for (let k = 0; k < d.k; k++) {
      let sum = extra.before?.[t * d.k + k] ?? 0;
      for (let o = 0; o < d.n; o++) sum += dy[t * d.n + o] * w[o * d.k + k];
      for (let r = 0; r < (extra.sr ?? 0); r++) sum += extra.dxa![t * extra.sr! + r] * extra.a![r * d.k + k];
      dx[t * d.k + k] = sum;
    }
  }
  return dx;
}
