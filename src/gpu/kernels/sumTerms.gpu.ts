// Sums in a fixed order, overwritten and accumulated.
import { sumTermsReference } from "../reference/sumTerms";
import { expectClose, expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodeSumTerms } from "./sumTerms";

gpuTest.each([
  { why: "known value", values: Float32Array.from([1, 2, 3.5]), before: null },
  { why: "control", values: seeded(1, 512), before: null },
  { why: "degenerate: one term", values: Float32Array.of(-7), before: null },
  { why: "ragged tail, accumulated", values: seeded(2, 1021), before: 3.25 },
  { why: "accumulated twice as often as there are lanes", values: seeded(3, 64), before: -1 },
  { why: "extreme: large and small", values: Float32Array.from([1e8, 1, -1e8, 1]), before: null },
  { why: "masked: zeros", values: new Float32Array(100), before: 5 },
])("sum terms: $why", async ({ gpu, input, output, values, before }) => {
  const terms = input(values, [values.length]);
  const total = before === null ? output([1]) : input(Float32Array.of(before), [1]);
  await gpu.run((rec) => encodeSumTerms(rec, { terms, total }, { accumulate: before !== null }));
  const size = values.reduce((a, b) => a + Math.abs(b), Math.abs(before ?? 0));
  // At most M / 32 + 6 roundings of partial sums, each below 6e-8 of the sum of magnitudes.
  expectClose(await gpu.readF32(total), [sumTermsReference(values, before ?? 0)], { abs: 3e-7 * size });
});

gpuTest("sum terms: the same bits every time", async ({ gpu, input, output }) => {
  const terms = input(seeded(4, 3000, 1e3), [3000]);
  const totals = [output([1]), output([1])];
  await gpu.run((rec) =>
    totals.forEach((total) => encodeSumTerms(rec, { terms, total }, { accumulate: false })),
  );
  expectEqual(await gpu.readU32(totals[0]), await gpu.readU32(totals[1]));
});
