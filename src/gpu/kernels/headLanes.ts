// How many threads share a row: few where rows are short, because a meeting of threads costs more than it saves on a
// software adapter; a whole workgroup where a row is a large vocabulary.

/** Overrides of kernels that reduce rows of `width` columns: LANES threads a row in workgroups of WG. */
export function headLanes(width: number, most = 256): { LANES: number; WG: number } {
  const LANES = Math.min(most, width <= 1024 ? 4 : width <= 8192 ? 32 : 256);
  return { LANES, WG: Math.max(32, LANES) };
}
