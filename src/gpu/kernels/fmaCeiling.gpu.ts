// The probe of the adapter's ceiling computes what it claims: a compiler that left work out would change the sums.
import { fmaCeiling } from "../reference/fmaCeiling";
import { expectClose, gpuTest } from "../testing/suite";
import { encodeFmaCeiling } from "./fmaCeiling";

gpuTest.each([
  { why: "no turn: the start values", rows: 2, iterations: 0 },
  { why: "one turn by hand", rows: 4, iterations: 1 },
  { why: "one row", rows: 1, iterations: 3 },
  { why: "a ragged tail", rows: 67, iterations: 5 },
  { why: "many iterations settle at twice k", rows: 64, iterations: 400 },
])("fma ceiling: $why", async ({ gpu, output, rows, iterations }) => {
  const sums = output([rows, 4]);
  await gpu.run((rec) => encodeFmaCeiling(rec, sums, iterations));
  // f32 sums of eight values up to 2: measured 5e-7
  expectClose(await gpu.readF32(sums), fmaCeiling(rows, iterations), { abs: 4e-6 });
});
