// Root-mean-square norm of each row, keeping the factor for the backward pass.
import source from "../../../shaders/norm/rms_norm.wgsl?raw";
import { fold } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";
import { rowLaneKernels, rowsPerGroup, type RowLanes } from "./rowLanes";
import { expectVectors } from "./vectors";

/** By lanes a row and its width. */
const rmsNormKernels = rowLaneKernels({
  entry: "rms_norm",
  source,
  bindings: [
    ["x", "read"],
    ["weight", "read"],
    ["y", "write"],
    ["inv", "write"],
  ],
  dims: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["real", "f32"],
    ["eps", "f32"],
  ],
});

/**
 * inv = 1 / sqrt(sum x² / real + eps), y = x · inv · weight; `real` is the number of columns that are not padding.
 * `x`, `y` f32[T, C], `weight` f32[C], `inv` f32[T]; y and inv are overwritten. `lanes` (from rowLanes) sets the
 * speed, and the order of the sum.
 * @throws ShapeError
 */
export function encodeRmsNorm(
  rec: Recorder,
  tensors: { x: Tensor; weight: Tensor; y: Tensor; inv: Tensor },
  { real, eps, lanes = 32 }: { real: number; eps: number; lanes?: RowLanes },
): void {
  const [rows, columns] = expectShape(tensors.x, ["T", "C"]);
  expectShape(tensors.weight, [columns]);
  expectShape(tensors.y, [rows, columns]);
  expectShape(tensors.inv, [rows]);
  expectVectors(tensors.x, columns);
  const dims = { rows, columns4: columns / 4, real, eps };
  const grid = fold(Math.ceil(rows / rowsPerGroup(lanes)));
  rec.dispatch(rmsNormKernels(lanes, columns / 4), { ...tensors, dims }, grid, 2 * rows * columns);
}
