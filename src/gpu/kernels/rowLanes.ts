// How many threads share a row in the kernels that sum along rows. A real GPU wants neighbouring threads on
// neighbouring columns; a software adapter pays about 30 µs a workgroup for their barrier (rms_norm, 1,024 rows of
// 160: 20 to 36 ms with 32 threads a row, 2 ms with one), so there one thread takes a whole row.
import { withOverrides, type Kernel } from "../kernel";

export const ROW_LANES = [1, 4, 16, 32] as const;
export type RowLanes = (typeof ROW_LANES)[number];

/** What suits an adapter. */
export const rowLanes = (info: { software: boolean }): RowLanes => (info.software ? 1 : 32);

/** Rows a workgroup takes at this many lanes each. */
export const rowsPerGroup = (lanes: RowLanes): number => Math.max(1, 16 / lanes);

/** The kernel with LANES and ROWS set, for every choice of lanes. */
export function rowLaneKernels(kernel: Kernel): Readonly<Record<RowLanes, Kernel>> {
  const at = (lanes: RowLanes): Kernel => withOverrides(kernel, { LANES: lanes, ROWS: rowsPerGroup(lanes) });
  return { 1: at(1), 4: at(4), 16: at(16), 32: at(32) };
}
