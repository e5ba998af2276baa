// W + scale · B·A, row by row: what an adapter makes of a weight.
import type { AdapterState } from "../../families/config";

/** The product of one adapted linear. */
export interface LowRank {
  /** f32[rank, in] */
  a: Float32Array;
  /** f32[out, rank] */
  b: Float32Array;
  rank: number;
  scale: number;
}

/** The product for a weight such as `model.layers.0.self_attn.q_proj.weight`; null where it is not adapted. */
export function lowRankOf(state: AdapterState, weight: string, scale: number): LowRank | null {
  const module = `base_model.model.${weight.replace(/\.weight$/, "")}`;
  const a = state.get(`${module}.lora_A.weight`);
  const b = state.get(`${module}.lora_B.weight`);
  return a && b ? { a: a.values, b: b.values, rank: a.shape[0], scale } : null;
}

/**
 * Adds the product to rows `[firstRow, …)` of the weight, in place. The sum over the rank is in f64, the addition in f32.
 * @param rows f32[n, in]
 */
export function addLowRank(rows: Float32Array, firstRow: number, { a, b, rank, scale }: LowRank): void {
  const columns = a.length / rank;
  const sums = new Float64Array(columns);
  for (let row = 0; row * columns < rows.length; row++) {
    sums.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = b[(firstRow + row) * rank + r];
      const from = r * columns;
      for (let i = 0; i < columns; i++) sums[i] += factor * a[from + i];
    }
    const to = row * columns;
    for (let i = 0; i < columns; i++) rows[to + i] += scale * sums[i];
  }
}
