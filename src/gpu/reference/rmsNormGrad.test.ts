// The reference gradient of the norm against central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { seeded } from "../testing/suite";
import { rmsNormReference } from "./rmsNorm";
import { rmsNormGradReference } from "./rmsNormGrad";

describe("rmsNormGradReference", () => {
  test.each([
    { why: "control", rows: 3, columns: 8, real: 8, eps: 1e-6, scale: 1 },
    { why: "padded columns", rows: 2, columns: 8, real: 5, eps: 1e-6, scale: 1 },
    { why: "one column", rows: 2, columns: 4, real: 1, eps: 0.1, scale: 1 },
    { why: "eps as large as the mean square", rows: 2, columns: 8, real: 8, eps: 1, scale: 0.5 },
  ])("$why", ({ rows, columns, real, eps, scale }) => {
    const pad = (v: number, i: number) => (i % columns < real ? v : 0);
    const x = seeded(1, rows * columns, scale).map(pad);
    const weight = seeded(2, columns).map(pad);
    const dy = seeded(3, rows * columns);
    const { inv } = rmsNormReference(x, weight, real, eps);
    const got = rmsNormGradReference(dy, x, weight, inv, real);
    const want = centralDifferences((moved) => inner(rmsNormReference(moved, weight, real, eps).y, dy), x);
    // Differences with step 1e-5 are good to about 1e-9 here.
    for (let i = 0; i < got.length; i++) if (i % columns < real) expect(got[i]).toBeCloseTo(want[i], 7);
  });
});
