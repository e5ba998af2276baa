// Gradient of Gemma 3's gated activation with respect to gate and up.
import { geluTanhMulGrad } from "../../../shaders/activation/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const geluTanhMulGradKernel = defineKernel([geluTanhMulGrad], { overrides: { WG } });

/**
 * Gradients of gelu(gate) · up. `dAct` f32[T, I], `gateUp` f32[T, 2I] (gate columns first), `dGateUp` f32[T, 2I]
 * overwritten, same order.
 * @throws ShapeError
 */
export function encodeGeluTanhMulGrad(
  rec: Recorder,
  tensors: TensorsFor<typeof geluTanhMulGradKernel>,
): void {
  const [rows, inner] = expectShape(tensors.dAct, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectShape(tensors.dGateUp, [rows, 2 * inner]);
  expectVectors(tensors.dAct, inner);
  const count = (rows * inner) / 4;
  const dims = { count, inner4: inner / 4 };
  rec.dispatch(geluTanhMulGradKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), 18 * rows * inner);
}
