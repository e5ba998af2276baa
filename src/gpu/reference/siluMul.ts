// silu(gate) · up, in f64.

/** gateUp[T, 2I] with the gate columns first; returns act[T, I]. */
export function siluMulReference(gateUp: ArrayLike<number>, inner: number): Float64Array {
  const rows = gateUp.length / (2 * inner);
  const act = new Float64Array(rows * inner);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < inner; i++) {
      const gate = gateUp[2 * t * inner + i];
      act[t * inner + i] = (gate / (1 + Math.exp(-gate))) * gateUp[(2 * t + 1) * inner + i];
    }
  }
  return act;
}
