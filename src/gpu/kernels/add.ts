// Adds one tensor to another of the same shape: the residual stream's sum.
import source from "../../../shaders/matmul/add.wgsl?raw";
import { defineKernel, fold } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const addKernel = defineKernel({
  entry: "add",
  source,
  bindings: [
    ["x", "read"],
    ["y", "write"],
  ],
  dims: [["count", "u32"]],
  overrides: { WG },
});

/** y += x for the first `rows` rows (default all) of f32[T, C], C a multiple of 4. @throws ShapeError */
export function encodeAdd(rec: Recorder, tensors: { x: Tensor; y: Tensor }, rows = tensors.y.shape[0]): void {
  const [, columns] = expectShape(tensors.y, ["T", "C"]);
  expectShape(tensors.x, ["T", columns]);
  expectVectors(tensors.y, columns);
  const count = (rows * columns) / 4;
  rec.dispatch(addKernel, { ...tensors, dims: { count } }, fold(Math.ceil(count / WG)), rows * columns);
}
