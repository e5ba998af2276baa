// Gradient of the root-mean-square norm, added to the residual stream's gradient.
import { thread } from "../../../shaders/common/index";
import { rmsNormGrad, rmsNormGradThread, rmsNormGradBuffers } from "../../../shaders/norm/index";
import { rmsNormGradThreadLoops } from "../../../shaders/norm/rms_norm_grad_thread";
import { defineKernel, fold, remembered, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { rowsPerGroup, stepOf, type RowLanes } from "./rowLanes";
import { expectVectors } from "./vectors";

/** By lanes a row and vec4s a trip. */
const rmsNormGradKernel = remembered((lanes: RowLanes, step: number) =>
  lanes === 1
    ? defineKernel([thread, rmsNormGradBuffers, rmsNormGradThread, rmsNormGradThreadLoops(step)], {
        overrides: { ROWS: rowsPerGroup(lanes) },
      })
    : defineKernel([rmsNormGradBuffers, rmsNormGrad], {
        overrides: { LANES: lanes, ROWS: rowsPerGroup(lanes) },
      }),
);

/**
 * dx += inv · (weight∘dy − x · inv² · sum(weight∘dy∘x) / real): accumulates. `dy`, `x`, `dx` f32[T, C], `weight`
 * f32[C], `inv` f32[T] as rms_norm wrote it; `real` is the number of columns that are not padding. `lanes` (from
 * rowLanes) sets the speed, and the order of the sum.
 * @throws ShapeError
 */
export function encodeRmsNormGrad(
  rec: Recorder,
  tensors: TensorsFor<ReturnType<typeof rmsNormGradKernel>>,
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
  rec.dispatch(
    rmsNormGradKernel(lanes, stepOf(lanes, columns / 4)),
    { ...tensors, dims },
    grid,
    4 * rows * columns,
  );
}
