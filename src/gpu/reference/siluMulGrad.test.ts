// The gated activation against known values, and its reference gradient against central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { seeded } from "../testing/suite";
import { siluMulReference } from "./siluMul";
import { siluMulGradReference } from "./siluMulGrad";

describe("siluMulReference", () => {
  test("known values", () => {
    // silu(1) = 1 / (1 + e⁻¹)
    expect(siluMulReference([1, 0, -1, 0, 2, 5, 3, 5], 4)[0]).toBeCloseTo(2 * 0.7310585786300049, 14);
    expect(siluMulReference([1, 0, -1, 0, 2, 5, 3, 5], 4)[1]).toBe(0);
    expect(siluMulReference([1, 0, -1, 0, 2, 5, 3, 5], 4)[2]).toBeCloseTo(-3 * 0.2689414213699951, 14);
  });
});

describe("siluMulGradReference", () => {
  test.each([
    { why: "control", rows: 3, width: 4, scale: 2 },
    { why: "one row", rows: 1, width: 4, scale: 1 },
    { why: "saturated gates", rows: 2, width: 4, scale: 30 },
  ])("$why", ({ rows, width, scale }) => {
    const gateUp = seeded(4, 2 * rows * width, scale);
    const dAct = seeded(5, rows * width);
    const got = siluMulGradReference(dAct, gateUp, width);
    const want = centralDifferences((moved) => inner(siluMulReference(moved, width), dAct), gateUp);
    for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(want[i], 7);
  });

  test("gates of ±1e4 give finite gradients", () => {
    const got = siluMulGradReference([1, 1, 1, 1], [1e4, -1e4, 0, 1, 3, 3, 3, 3], 4);
    expect(Array.from(got.subarray(0, 3), Math.abs)).toEqual([3, 0, 1.5]);
    expect(got[4]).toBe(1e4);
    expect(Math.abs(got[5])).toBe(0);
  });
});
