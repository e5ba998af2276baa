// Chooses how many threads share a row of logits. Short rows get one thread, because threads that wait for each
// other cost a software adapter more than they save (logit_moments, 512 rows of 640: 3.9 ms with one thread a row,
// 5.4 ms with 4, 26 ms with 32, on two busy cores). Rows of a large vocabulary get a whole workgroup.

/** Overrides of kernels over rows of `width` columns: LANES threads a row, from `least` to `most`, in workgroups of WG. */
export function headLanes(width: number, least = 1, most = 256): { LANES: number; WG: number } {
  const LANES = Math.max(least, Math.min(most, width <= 1024 ? 1 : width <= 8192 ? 32 : 256));
  return { LANES, WG: Math.max(LANES === 1 ? 16 : 32, LANES) };
}
