// Adds gradient rows back to the rows they were gathered from, in a fixed order: the gradient of gatherRows.
import { thread } from "../../../shaders/common/index";
import { scatterRows } from "../../../shaders/embed/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const scatterRowsKernel = defineKernel([thread, scatterRows], { overrides: { WG } });

/**
 * dx[t] = sum of dy[list[k]] for k in offsets[t] … offsets[t + 1] − 1, in that order; zeros where there is none.
 * `dy` f32[M, C], `offsets` u32[T + 1] ascending, `list` u32[M], `dx` f32[T, C] overwritten.
 * @throws ShapeError
 */
export function encodeScatterRows(rec: Recorder, tensors: TensorsFor<typeof scatterRowsKernel>): void {
  const [picked, columns] = expectShape(tensors.dy, ["M", "C"]);
  const [rows] = expectShape(tensors.dx, ["T", columns]);
  expectShape(tensors.offsets, [rows + 1]);
  expectShape(tensors.list, [picked]);
  expectVectors(tensors.dy, columns);
  const count = (rows * columns) / 4;
  const dims = { count, columns4: columns / 4 };
  rec.dispatch(
    scatterRowsKernel,
    { ...tensors, dims },
    fold(Math.ceil(count / WG)),
    (rows + picked) * columns,
  );
}
