// Gradient of the gated activation with respect to gate and up.
import { siluMulGrad } from "../../../shaders/activation/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const siluMulGradKernel = defineKernel([siluMulGrad], { overrides: { WG } });

/**
 * Gradients of silu(gate) · up. `dAct` f32[T, I], `gateUp` f32[T, 2I] (gate columns first), `dGateUp` f32[T, 2I]
 * overwritten, same order.
 * @throws ShapeError
 */
export function encodeSiluMulGrad(rec: Recorder, tensors: TensorsFor<typeof siluMulGradKernel>): void {
  const [rows, inner] = expectShape(tensors.dAct, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectShape(tensors.dGateUp, [rows, 2 * inner]);
  expectVectors(tensors.dAct, inner);
  const count = (rows * inner) / 4;
  const dims = { count, inner4: inner / 4 };
  rec.dispatch(siluMulGradKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), 12 * rows * inner);
}
