// Root-mean-square norm of each row. The scale factor of each row is kept for the backward pass.
import { thread } from "../../../shaders/common/index";
import { rmsNorm, rmsNormThread, rmsNormBuffers } from "../../../shaders/norm/index";
import { rmsNormThreadLoops } from "../../../shaders/norm/rms_norm_thread";
import { defineKernel, fold, remembered, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { rowsPerGroup, stepOf, type RowLanes } from "./rowLanes";
import { expectVectors } from "./vectors";

/** By lanes a row and vec4s a trip. */
const rmsNormKernel = remembered((lanes: RowLanes, step: number) =>
  lanes === 1
    ? defineKernel([thread, rmsNormBuffers, rmsNormThread, rmsNormThreadLoops(step)], {
        overrides: { ROWS: rowsPerGroup(lanes) },
      })
    : defineKernel([rmsNormBuffers, rmsNorm], { overrides: { LANES: lanes, ROWS: rowsPerGroup(lanes) } }),
);

/**
 * inv = 1 / sqrt(sum x² / real + eps), y = x · inv · weight; `real` is the number of columns that are not padding.
 * `x`, `y` f32[T, C], `weight` f32[C], `inv` f32[T]; y and inv are overwritten. `lanes` (from rowLanes) sets the
 * speed, and the order of the sum.
 * @throws ShapeError
 */
export function encodeRmsNorm(
  rec: Recorder,
  tensors: TensorsFor<ReturnType<typeof rmsNormKernel>>,
  { real, eps, lanes = 32 }: { real: number; eps: number; lanes?: RowLanes },
): void {
  const [rows, columns] = expectShape(tensors.x, ["T", "C"]);
  expectShape(tensors.weight, [columns]);
  expectShape(tensors.y, [rows, columns]);
  expectShape(tensors.inv, [rows]);
  expectVectors(tensors.x, columns);
  const dims = { rows, columns4: columns / 4, real, eps };
  const grid = fold(Math.ceil(rows / rowsPerGroup(lanes)));
  rec.dispatch(
    rmsNormKernel(lanes, stepOf(lanes, columns / 4)),
    { ...tensors, dims },
    grid,
    2 * rows * columns,
  );
}
