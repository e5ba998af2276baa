// Attention in plain f64, to check the kernel: every key that a row sees, softmax with the maximum subtracted.
import type { RowArrays } from "../rows";
import { paddedHead, type HeadShape } from "./qkvRope";

/** By what scores are multiplied: 1/√D unless something else is said. */
export const scoreScale = (shape: HeadShape): number => shape.scoreScale ?? 1 / Math.sqrt(shape.headDim);

export interface AttentionInputs {
  /** [T, H·P] */
  q: ArrayLike<number>;
  /** [M, K·P] */
  k: ArrayLike<number>;
  v: ArrayLike<number>;
  rows: RowArrays;
}

/** Keys that row t sees, prefix first. */
export function visibleKeys(rows: RowArrays, t: number): number[] {
  const keys: number[] = [];
  for (let j = rows.prefixStart[t]; j < rows.prefixEnd[t]; j++) keys.push(j);
  for (let j = rows.ownStart[t]; j < rows.ownEnd[t]; j++) keys.push(j);
  return keys;
}

/** Scaled scores of one row and head against `keys`. */
export function scores(
  { q, k }: AttentionInputs,
  shape: HeadShape,
  t: number,
  head: number,
  keys: number[],
): number[] {
  const { heads, kvHeads, headDim } = shape;
  const padded = paddedHead(headDim);
  const kvHead = Math.floor((head * kvHeads) / heads);
  return keys.map((j) => {
    let sum = 0;
    for (let d = 0; d < headDim; d++)
      sum += q[(t * heads + head) * padded + d] * k[(j * kvHeads + kvHead) * padded + d];
    return sum * scoreScale(shape);
  });
}

/** f64 o [T, H·P] and lse [T, H] in nats; a row without keys gives 0 and −1e30. */
export function attentionReference(
  inputs: AttentionInputs,
  shape: HeadShape,
): { o: Float64Array; lse: Float64Array } {
  const { heads, kvHeads, headDim } = shape;
  const padded = paddedHead(headDim);
  const count = inputs.rows.token.length;
  const o = new Float64Array(count * heads * padded);
  const lse = new Float64Array(count * heads).fill(-1e30);
  for (let t = 0; t < count; t++) {
    const keys = visibleKeys(inputs.rows, t);
    for (let head = 0; head < heads && keys.length; head++) {
      const s = scores(inputs, shape, t, head, keys);
      const top = Math.max(...s);
      const mass = s.reduce((a, b) => a + Math.exp(b - top), 0);
      lse[t * heads + head] = top + Math.log(mass);
      const kvHead = Math.floor((head * kvHeads) / heads);
      keys.forEach((j, n) => {
        const p = Math.exp(s[n] - top) / mass;
        for (let d = 0; d < headDim; d++) {
          o[(t * heads + head) * padded + d] += p * inputs.v[(j * kvHeads + kvHead) * padded + d];
        }
      });
    }
  }
  return { o, lse };
}

/** f64 [T, H]: Σ_d dO·o of each row and head. */
export function attentionDeltaReference(
  dO: ArrayLike<number>,
  o: ArrayLike<number>,
  shape: HeadShape,
): Float64Array {
  const padded = paddedHead(shape.headDim);
  const delta = new Float64Array(o.length / padded);
  for (let i = 0; i < o.length; i++) delta[Math.floor(i / padded)] += dO[i] * o[i];
  return delta;
}
