// Adds a tensor to another of the same shape in place; used for the residual connections.
import { thread } from "../../../shaders/common/index";
import { add } from "../../../shaders/matmul/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const addKernel = defineKernel([thread, add], { overrides: { WG } });

/** y += x for the first `rows` rows (default all) of f32[T, C], C a multiple of 4. @throws ShapeError */
export function encodeAdd(
  rec: Recorder,
  tensors: TensorsFor<typeof addKernel>,
  rows = tensors.y.shape[0],
): void {
  const [, columns] = expectShape(tensors.y, ["T", "C"]);
  expectShape(tensors.x, ["T", columns]);
  expectVectors(tensors.y, columns);
  const count = (rows * columns) / 4;
  rec.dispatch(addKernel, { ...tensors, dims: { count } }, fold(Math.ceil(count / WG)), rows * columns);
}
