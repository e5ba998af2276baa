// Gradient of silu(gate) · up, in f64.

/** dAct[T, I] and gateUp[T, 2I]; returns dGateUp[T, 2I], gate columns first. */
export function siluMulGradReference(
  dAct: ArrayLike<number>,
  gateUp: ArrayLike<number>,
  inner: number,
): Float64Array {
  const out = new Float64Array(gateUp.length);
  const rows = dAct.length / inner;
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < inner; i++) {
      const d = dAct[t * inner + i];
      const gateAt = 2 * t * inner + i;
      const upAt = gateAt + inner;
      const gate = gateUp[gateAt];
      const s = 1 / (1 + Math.exp(-gate));
      out[gateAt] = d * gateUp[upAt] * s * (1 + gate / (1 + Math.exp(gate)));
      out[upAt] = d * gate * s;
    }
  }
  return out;
}
