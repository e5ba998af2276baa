// Picks rows of a matrix by number (the rows whose logits are wanted).
import source from "../../../shaders/embed/gather_rows.wgsl?raw";
import { defineKernel, fold } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const gatherRowsKernel = defineKernel({
  entry: "gather_rows",
  source,
  bindings: [
    ["x", "read"],
    ["index", "read"],
    ["y", "write"],
  ],
  dims: [
    ["count", "u32"],
    ["columns4", "u32"],
    ["rows", "u32"],
  ],
  overrides: { WG },
});

/**
 * y[m] = x[index[m]]; an index ≥ T gives a row of zeros. `x` f32[T, C], `index` u32[M], `y` f32[M, C] overwritten.
 * @throws ShapeError
 */
export function encodeGatherRows(rec: Recorder, tensors: { x: Tensor; index: Tensor; y: Tensor }): void {
  const [rows, columns] = expectShape(tensors.x, ["T", "C"]);
  const [picked] = expectShape(tensors.index, ["M"]);
  expectShape(tensors.y, [picked, columns]);
  expectVectors(tensors.x, columns);
  const count = (picked * columns) / 4;
  const dims = { count, columns4: columns / 4, rows };
  rec.dispatch(gatherRowsKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), picked * columns);
}
