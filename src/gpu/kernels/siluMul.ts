// The gated activation of the feed-forward block.
import { siluMul } from "../../../shaders/activation/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const siluMulKernel = defineKernel([siluMul], { overrides: { WG } });

/**
 * act = silu(gate) · up. `gateUp` f32[T, 2I] (gate columns first), `act` f32[T, I] overwritten.
 * @throws ShapeError
 */
export function encodeSiluMul(rec: Recorder, tensors: TensorsFor<typeof siluMulKernel>): void {
  const [rows, inner] = expectShape(tensors.act, ["T", "I"]);
  expectShape(tensors.gateUp, [rows, 2 * inner]);
  expectVectors(tensors.act, inner);
  const count = (rows * inner) / 4;
  const dims = { count, inner4: inner / 4 };
  rec.dispatch(siluMulKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), 8 * rows * inner);
}
