// f(gate) · up and its gradient in f64, f being SiLU or GELU in its tanh form.

/** A gate's function with its derivative. */
export interface Gate {
  value(gate: number): number;
  slope(gate: number): number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const ROOT = Math.sqrt(2 / Math.PI);
const tanhOf = (gate: number): number => Math.tanh(ROOT * (gate + 0.044715 * gate ** 3));

export const GATES = {
  /** g · sigmoid(g) */
  silu: {
    value: (gate) => gate * sigmoid(gate),
    slope: (gate) => sigmoid(gate) * (1 + gate * sigmoid(-gate)),
  },
  /** g/2 · (1 + tanh(√(2/π) · (g + 0.044715·g³))); its slope by the product rule. */
  gelu_tanh: {
    value: (gate) => (gate / 2) * (1 + tanhOf(gate)),
    slope(gate) {
      const tanh = tanhOf(gate);
      const inside = ROOT * (1 + 3 * 0.044715 * gate ** 2);
      return (1 + tanh) / 2 + (gate / 2) * (1 - tanh * tanh) * inside;
    },
  },
} satisfies Record<string, Gate>;

/** gateUp[T, 2I] with the gate columns first; returns act[T, I]. */
export function gatedMulReference(gate: Gate, gateUp: ArrayLike<number>, inner: number): Float64Array {
  const rows = gateUp.length / (2 * inner);
  const act = new Float64Array(rows * inner);
  for (let t = 0; t < rows; t++) {
    for (let i = 0; i < inner; i++) {
      act[t * inner + i] = gate.value(gateUp[2 * t * inner + i]) * gateUp[(2 * t + 1) * inner + i];
    }
  }
  return act;
}

/** dAct[T, I] and gateUp[T, 2I]; returns dGateUp[T, 2I], gate columns first. */
export function gatedMulGradReference(
  gate: Gate,
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
      out[gateAt] = d * gateUp[upAt] * gate.slope(gateUp[gateAt]);
      out[upAt] = d * gate.value(gateUp[gateAt]);
    }
  }
  return out;
}
