// The gated activation of Gemma 3's feed-forward block: GELU in its tanh form.
import { geluTanhMul } from "../../../shaders/activation/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const geluTanhMulKernel = defineKernel([geluTanhMul], { overrides: { WG } });

/**
 * act = gelu(gate) · up. `gateUp` f32[T, 2I] (gate columns first), `act` f32[T, I] overwritten.
 * @throws ShapeError
 */
export function encodeGeluTanhMul(rec: Recorder, tensors: TensorsFor<typeof geluTanhMulKernel>): void {
  const [rows, inner] = expectShape(tensors.act, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectVectors(tensors.act, inner);
  const count = (rows * inner) / 4;
  const dims = { count, inner4: inner / 4 };
  rec.dispatch(geluTanhMulKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), 12 * rows * inner);
}
