// How many threads share a row in the kernels that sum along rows. A real GPU wants neighbouring threads on
// neighbouring columns; a software adapter pays about 30 µs a workgroup for their barrier (rms_norm, 1,024 rows of
// 160: 20 to 36 ms with 32 threads a row, 2 ms with one), so there one thread takes a whole row.
import { defineKernel, type Kernel, type KernelSpec } from "../kernel";
import { unroll } from "../unroll";

export const ROW_LANES = [1, 4, 16, 32] as const;
export type RowLanes = (typeof ROW_LANES)[number];

/** What suits an adapter. */
export const rowLanes = (info: { software: boolean }): RowLanes => (info.software ? 1 : 32);

/** Rows a workgroup takes at this many lanes each. */
export const rowsPerGroup = (lanes: RowLanes): number => Math.max(1, 16 / lanes);

/** vec4s of a row that a thread takes at once: each trip round a loop costs a software adapter half a load. */
const stepOf = (lanes: RowLanes, columns4: number): 1 | 4 => (lanes === 1 && columns4 % 4 === 0 ? 4 : 1);

/** The kernel with LANES, ROWS and STEP set, for every choice of lanes and a row of `columns4` vec4s. */
export function rowLaneKernels(kernel: KernelSpec): (lanes: RowLanes, columns4: number) => Kernel {
  const made = new Map<string, Kernel>();
  return (lanes, columns4) => {
    const step = stepOf(lanes, columns4);
    const key = `${lanes} ${step}`;
    let found = made.get(key);
    if (!found) {
      found = defineKernel({
        ...kernel,
        source: unroll(kernel.source, { STEP: step, ONE: lanes === 1 ? 1 : 0, MANY: lanes === 1 ? 0 : 1 }),
        overrides: { LANES: lanes, ROWS: rowsPerGroup(lanes), STEP: step },
      });
      made.set(key, found);
    }
    return found;
  };
}
