// Gradient of the root-mean-square norm, added to the residual stream's gradient.
import source from "../../../shaders/norm/rms_norm_grad.wgsl?raw";
import { fold } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";
import { rowLaneKernels, rowsPerGroup, type RowLanes } from "./rowLanes";
import { expectVectors } from "./vectors";

/** By lanes a row and its width. */
const rmsNormGradKernels = rowLaneKernels({
  entry: "rms_norm_grad",
  source,
  bindings: [
    ["dy", "read"],
    ["x", "read"],
    ["weight", "read"],
    ["inv", "read"],
    ["dx", "write"],
  ],
  dims: [
    ["rows", "u32"],
    ["columns4", "u32"],
    ["real", "f32"],
  ],
});

/**
 * dx += inv · (weight∘dy − x · inv² · sum(weight∘dy∘x) / real): accumulates. `dy`, `x`, `dx` f32[T, C], `weight`
 * f32[C], `inv` f32[T] as rms_norm wrote it; `real` is the number of columns that are not padding. `lanes` (from
 * rowLanes) sets the speed, and the order of the sum.
 * @throws ShapeError
 */
export function encodeRmsNormGrad(
  rec: Recorder,
  tensors: { dy: Tensor; x: Tensor; weight: Tensor; inv: Tensor; dx: Tensor },
  { real, lanes = 32 }: { real: number; lanes?: RowLanes },
): void {
  const [rows, columns] = expectShape(tensors.x, ["T", "C"]);
  expectShape(tensors.dy, [rows, columns]);
  expectShape(tensors.dx, [rows, columns]);
  expectShape(tensors.weight, [columns]);
  expectShape(tensors.inv, [rows]);
  expectVectors(tensors.x, columns);
  const dims = { rows, columns4: columns / 4, real };
  const grid = fold(Math.ceil(rows / rowsPerGroup(lanes)));
  rec.dispatch(rmsNormGradKernels(lanes, columns / 4), { ...tensors, dims }, grid, 4 * rows * columns);
}
