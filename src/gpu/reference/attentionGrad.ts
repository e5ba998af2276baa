// The gradients of attention in plain f64, row by row, to check the kernels.
import {
  attentionDeltaReference,
  attentionReference,
  scores,
  scoreScale,
  visibleKeys,
  type AttentionInputs,
} from "./attention";
import { paddedHead, type HeadShape } from "./qkvRope";

/** f64 dq [T, H·P] and dkv [M, 2K·P] (k heads, then v heads) of Σ dO · o. */
export function attentionGradReference(
  inputs: AttentionInputs,
  dO: ArrayLike<number>,
  shape: HeadShape,
): { dq: Float64Array; dkv: Float64Array } {
  const { heads, kvHeads, headDim } = shape;
  const padded = paddedHead(headDim);
  const { q, k, v, rows } = inputs;
  const { o, lse } = attentionReference(inputs, shape);
  const delta = attentionDeltaReference(dO, o, shape);
  const dq = new Float64Array(o.length);
  const dkv = new Float64Array(2 * k.length);
  for (let t = 0; t < rows.token.length; t++) {
    const keys = visibleKeys(rows, t);
    for (let head = 0; head < heads; head++) {
      const cell = t * heads + head;
      const kvHead = Math.floor((head * kvHeads) / heads);
      scores(inputs, shape, t, head, keys).forEach((s, n) => {
        const key = (keys[n] * kvHeads + kvHead) * padded;
        const dk = (keys[n] * 2 * kvHeads + kvHead) * padded;
        const dv = dk + kvHeads * padded;
        const p = Math.exp(s - lse[cell]);
        let dp = 0;
        for (let d = 0; d < headDim; d++) dp += dO[cell * padded + d] * v[key + d];
        const ds = p * (dp - delta[cell]) * scoreScale(shape);
        for (let d = 0; d < headDim; d++) {
          dq[cell * padded + d] += ds * k[key + d];
          dkv[dk + d] += ds * q[cell * padded + d];
          dkv[dv + d] += p * dO[cell * padded + d];
        }
      });
    }
  }
  return { dq, dkv };
}
