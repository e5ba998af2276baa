// Copies selected rows of a matrix, given by their indices: the rows whose logits are needed.
import { thread } from "../../../shaders/common/index";
import { gatherRows } from "../../../shaders/embed/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const gatherRowsKernel = defineKernel([thread, gatherRows], { overrides: { WG } });

/**
 * y[m] = x[index[m]]; an index ≥ T gives a row of zeros. `x` f32[T, C], `index` u32[M], `y` f32[M, C] overwritten.
 * @throws ShapeError
 */
export function encodeGatherRows(rec: Recorder, tensors: TensorsFor<typeof gatherRowsKernel>): void {
  const [rows, columns] = expectShape(tensors.x, ["T", "C"]);
  const [picked] = expectShape(tensors.index, ["M"]);
  expectShape(tensors.y, [picked, columns]);
  expectVectors(tensors.x, columns);
  const count = (picked * columns) / 4;
  const dims = { count, columns4: columns / 4, rows };
  rec.dispatch(gatherRowsKernel, { ...tensors, dims }, fold(Math.ceil(count / WG)), picked * columns);
}
