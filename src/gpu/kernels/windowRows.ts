// Row records for layers with a sliding window. Attention, its gradient and decoding read from these records what
// keys a row sees. Once per forward pass each row's ranges are cut to its last keys, so a window needs no other
// attention kernel.
import { windowRows } from "../../../shaders/attention/index";
import { row, thread } from "../../../shaders/common/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape } from "../tensor";

const WG = 64;
export const windowRowsKernel = defineKernel([thread, row, windowRows], { overrides: { WG } });

/**
 * windowed = rows, but each row sees the last `window` (at least 1) of its keys only. Both u32[T, 8] (rows.ts); every row's
 * prefix, where it has one, ends at the position before its document's first.
 * @throws ShapeError
 */
export function encodeWindowRows(
  rec: Recorder,
  tensors: TensorsFor<typeof windowRowsKernel>,
  window: number,
): void {
  const [count] = expectShape(tensors.rows, ["T", ROW_WORDS]);
  expectShape(tensors.windowed, [count, ROW_WORDS]);
  rec.dispatch(windowRowsKernel, { ...tensors, dims: { count, window } }, fold(Math.ceil(count / WG)), count);
}
