// How many threads share a row: one where rows are short, because on a software adapter a meeting of threads costs more
// than it saves (logit_moments, 512 rows of 640: 3.9 ms with one thread a row, 5.4 with 4, 26 with 32, on two busy
// cores); a whole workgroup where a row is a large vocabulary.

/** Overrides of kernels over rows of `width` columns: LANES threads a row, from `least` to `most`, in workgroups of WG. */
export function headLanes(width: number, least = 1, most = 256): { LANES: number; WG: number } {
  const LANES = Math.max(least, Math.min(most, width <= 1024 ? 1 : width <= 8192 ? 32 : 256));
  return { LANES, WG: Math.max(LANES === 1 ? 16 : 32, LANES) };
}
