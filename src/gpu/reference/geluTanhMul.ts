// gelu(gate) · up with GELU in its tanh form, in f64.

/** gelu(g) = g/2 · (1 + tanh(√(2/π) · (g + 0.044715·g³))) */
export function geluTanh(gate: number): number {
  return (gate / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (gate + 0.044715 * gate ** 3)));
}

/** gateUp[T, 2I] with the gate columns first; returns act[T, I]. */
export function geluTanhMulReference(gateUp: ArrayLike<number>, inner: number): Float64Array {
  const rows = gateUp.length / (2 * inner);
  const act = new Float64Array(rows * inner);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < inner; i++) {
      act[t * inner + i] = geluTanh(gateUp[2 * t * inner + i]) * gateUp[(2 * t + 1) * inner + i];
    }
  }
  return act;
}
