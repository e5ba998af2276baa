// Gradient of gelu(gate) · up with GELU in its tanh form, in f64.
import { geluTanh } from "./geluTanhMul";

/** d gelu / d g: the product rule on g/2 · (1 + tanh(z)). */
function geluTanhSlope(gate: number): number {
  const root = Math.sqrt(2 / Math.PI);
  const tanh = Math.tanh(root * (gate + 0.044715 * gate ** 3));
  const inside = root * (1 + 3 * 0.044715 * gate ** 2);
  return (1 + tanh) / 2 + (gate / 2) * (1 - tanh * tanh) * inside;
}

/** dAct[T, I] and gateUp[T, 2I]; returns dGateUp[T, 2I], gate columns first. */
export function geluTanhMulGradReference(
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
      out[gateAt] = d * gateUp[upAt] * geluTanhSlope(gateUp[gateAt]);
      out[upAt] = d * geluTanh(gateUp[gateAt]);
    }
  }
  return out;
}
