// qkv_rope and its gradient in plain f64: split, per-head norm, rotation of the pairs (i, i + D/2).
import type { RowArrays } from "../rows";

export interface HeadShape {
  /** H */
  heads: number;
  /** K */
  kvHeads: number;
  /** D; heads lie P = D rounded up to 4 apart. */
  headDim: number;
  /** By what attention multiplies its scores. Default 1/√D. */
  scoreScale?: number;
}

export interface RopeInputs {
  qkv: ArrayLike<number>;
  rows: RowArrays;
  /** Null: no norm. */
  qNorm: ArrayLike<number> | null;
  kNorm: ArrayLike<number> | null;
  /** Inverse frequencies, [D / 2]. */
  frequencies: ArrayLike<number>;
  eps: number;
}

export const paddedHead = (headDim: number): number => 4 * Math.ceil(headDim / 4);

/** Rotates D entries by the angle of a position; `direction` −1 undoes it. */
function rotate(z: number[], position: number, frequencies: ArrayLike<number>, direction: number): number[] {
  const half = z.length / 2;
  return z.map((own, i) => {
    const pair = i % half;
    const cosine = Math.cos(position * frequencies[pair]);
    const sine = direction * Math.sin(position * frequencies[pair]);
    return i < half ? own * cosine - z[i + half] * sine : own * cosine + z[pair] * sine;
  });
}

/** f64 q [T, H·P] and k, v [keyRows, K·P]; rows of k and v that nobody writes are 0. */
export function qkvRopeReference(
  { qkv, rows, qNorm, kNorm, frequencies, eps }: RopeInputs,
  { heads, kvHeads, headDim }: HeadShape,
  keyRows: number,
): { q: Float64Array; k: Float64Array; v: Float64Array } {
  const padded = paddedHead(headDim);
  const count = rows.position.length;
  const units = heads + 2 * kvHeads;
  const q = new Float64Array(count * heads * padded);
  const k = new Float64Array(keyRows * kvHeads * padded);
  const v = new Float64Array(keyRows * kvHeads * padded);
  for (let t = 0; t < count; t++) {
    for (let unit = 0; unit < units; unit++) {
      const x = Array.from({ length: headDim }, (_, d) => qkv[(t * units + unit) * padded + d]);
      const kvRow = rows.kv[t] * kvHeads;
      if (unit >= heads + kvHeads) {
        v.set(x, (kvRow + unit - heads - kvHeads) * padded);
        continue;
      }
      const weight = unit < heads ? qNorm : kNorm;
      const r = 1 / Math.sqrt(x.reduce((a, b) => a + b * b, 0) / headDim + eps);
      const z = weight ? x.map((value, d) => value * r * weight[d]) : x;
      const y = rotate(z, rows.position[t], frequencies, 1);
      if (unit < heads) q.set(y, (t * heads + unit) * padded);
      else k.set(y, (kvRow + unit - heads) * padded);
    }
  }
  return { q, k, v };
}

/** f64 [T, (H + 2K)·P] from dq [T, H·P] and dkv [T, 2K·P] (k heads, then v heads); key row = token row. */
export function qkvRopeGradReference(
  dq: ArrayLike<number>,
  dkv: ArrayLike<number>,
  { qkv, rows, qNorm, kNorm, frequencies, eps }: RopeInputs,
  { heads, kvHeads, headDim }: HeadShape,
): Float64Array {
  const padded = paddedHead(headDim);
  const count = rows.position.length;
  const units = heads + 2 * kvHeads;
  const dqkv = new Float64Array(count * units * padded);
  for (let t = 0; t < count; t++) {
    for (let unit = 0; unit < units; unit++) {
      const at = (t * units + unit) * padded;
      const from = unit < heads ? (t * heads + unit) * padded : (t * 2 * kvHeads + unit - heads) * padded;
      const dy = Array.from({ length: headDim }, (_, d) => (unit < heads ? dq : dkv)[from + d]);
      if (unit >= heads + kvHeads) {
        dqkv.set(dy, at);
        continue;
      }
      const dz = rotate(dy, rows.position[t], frequencies, -1);
      const weight = unit < heads ? qNorm : kNorm;
      if (!weight) {
        dqkv.set(dz, at);
        continue;
      }
      const x = Array.from({ length: headDim }, (_, d) => qkv[at + d]);
      const r = 1 / Math.sqrt(x.reduce((a, b) => a + b * b, 0) / headDim + eps);
      const g = dz.map((value, d) => value * weight[d]);
      const along = g.reduce((a, b, d) => a + b * x[d], 0) / headDim;
      dqkv.set(
        g.map((value, d) => r * (value - x[d] * r * r * along)),
        at,
      );
    }
  }
  return dqkv;
}
