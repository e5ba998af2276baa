// Chooses how many threads share a row in the kernels that sum along rows. On a real GPU neighbouring threads
// should read neighbouring columns. A software adapter pays about 30 µs per workgroup for the barrier between
// threads (rms_norm, 1,024 rows of 160: 20 to 36 ms with 32 threads a row, 2 ms with one), so there one thread sums
// a whole row.

export const ROW_LANES = [1, 4, 16, 32] as const;
export type RowLanes = (typeof ROW_LANES)[number];

/** What suits an adapter. */
export const rowLanes = (info: { software: boolean }): RowLanes => (info.software ? 1 : 32);

/** Rows a workgroup takes at this many lanes each. */
export const rowsPerGroup = (lanes: RowLanes): number => Math.max(1, 16 / lanes);

/** vec4s of a row that a thread takes a trip round its loop: each trip costs a software adapter half a load. */
export const stepOf = (lanes: RowLanes, columns4: number): 1 | 4 =>
  lanes === 1 && columns4 % 4 === 0 ? 4 : 1;
