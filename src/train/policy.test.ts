// Known values, degenerate groups and the identities the arithmetic of a policy step must keep.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advantages,
  clipShares,
  groupVariance,
  judgeReward,
  judgeWeights,
  k3,
  nextBaseline,
  perToken,
  tokenWeights,
} from "./policy";

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe("advantages", () => {
  it("centres, and divides by the group's own spread", () => {
    expect([...advantages([1, 0, 1, 1, 1, 1], 3, "none")].map((x) => +x.toFixed(4))).toEqual([
      0.3333, -0.6667, 0.3333, 0, 0, 0,
    ]);
    // std of (1, 0, 1) with n − 1 is 0.57735
    expect(advantages([1, 0, 1], 3, "group")[1]).toBeCloseTo(-0.666667 / (0.5773503 + 1e-4), 5);
    expect(advantages([1, 0, 0, 0], 2, "batch")[0]).toBeCloseTo(0.5 / (0.5 + 1e-4), 6);
  });
  it("is 0 where all rollouts got the same, and for groups of one", () => {
    expect([...advantages([1, 1, 0, 0], 2, "group")]).toEqual([0, 0, 0, 0]);
    expect([...advantages([1, 0], 1, "group")]).toEqual([0, 0]);
  });
  it("refuses groups that are not full", () => {
    expect(() => advantages([1, 2, 3], 2, "none")).toThrow("groups of 2");
  });
  it("sums to 0 in every group", () => {
    const groups = fc.array(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(groups, fc.constantFrom("group", "batch", "none"), (rows, scale) => {
        const flat = advantages(rows.flat(), 4, scale as "group" | "batch" | "none");
        rows.forEach((_, g) => expect(Math.abs(sum(flat.subarray(4 * g, 4 * g + 4)))).toBeLessThan(1e-6));
      }),
    );
  });
});

describe("token weights", () => {
  const lengths = [3, 2, 1];
  const mask = [1, 1, 0, 1, 1, 0];
  it.each([
    ["grpo", [1 / 6, 1 / 6, 0, 1 / 6, 1 / 6, 0]],
    ["bnpo", [1 / 4, 1 / 4, 0, 1 / 4, 1 / 4, 0]],
    ["dapo", [1 / 4, 1 / 4, 0, 1 / 4, 1 / 4, 0]],
    ["dr_grpo", [1 / 30, 1 / 30, 0, 1 / 30, 1 / 30, 0]],
  ] as const)("%s", (type, want) => {
    [...tokenWeights(type, lengths, mask, 10)].forEach((w, i) => expect(w).toBeCloseTo(want[i], 12));
  });
  it("is all 0 when everything is masked", () => {
    expect(
      sum(
        tokenWeights(
          "grpo",
          lengths,
          mask.map(() => 0),
          10,
        ),
      ),
    ).toBe(0);
    expect(
      sum(
        tokenWeights(
          "bnpo",
          lengths,
          mask.map(() => 0),
          10,
        ),
      ),
    ).toBe(0);
  });
  it("refuses a mask of another length", () => {
    expect(() => tokenWeights("grpo", [2], [1, 1, 1], 10)).toThrow("the mask has 3");
  });
});

it("counts clipped tokens by side", () => {
  // ratios 2, 2, 0.5, 0.5, 1: only those that would go on in the wrong direction are clipped
  const logprob = [2, 2, 0.5, 0.5, 1].map(Math.log);
  const shares = clipShares(logprob, [0, 0, 0, 0, 0], [1, -1, 1, -1, 1], [1, 1, 1, 1, 1], {
    epsilonLow: 0.2,
    epsilonHigh: 0.2,
  });
  expect(shares).toEqual([0.2, 0.2, 0.4]);
  expect(clipShares([0], [0], [1], [0], { epsilonLow: 0.2, epsilonHigh: 0.2 })).toEqual([0, 0, 0]);
});

it("k3 is 0 where both agree and never negative beyond rounding", () => {
  expect(k3(-2, -2)).toBe(0);
  fc.assert(
    fc.property(
      fc.double({ min: -20, max: 0, noNaN: true }),
      fc.double({ min: -20, max: 0, noNaN: true }),
      (a, b) => expect(k3(a, b)).toBeGreaterThan(-1e-12),
    ),
  );
});

describe("the judge", () => {
  it("variance of 0/1 rewards is p (1 − p)", () => {
    expect([...groupVariance([1, 0, 0, 0, 1, 1, 1, 1], 4)]).toEqual([0.1875, 0]);
  });
  it("is rewarded most for the right forecast, and symmetrically less", () => {
    expect(judgeReward(0.2, 0.2)).toBe(1);
    expect(judgeReward(0.25, 0)).toBeCloseTo(0, 12);
    expect(judgeReward(0.1, 0.2)).toBeCloseTo(judgeReward(0.3, 0.2), 12);
  });
  it("moves its baseline toward the mean reward, and not without judgments", () => {
    expect(nextBaseline(0.5, [1, 0.6], 0.9)).toBeCloseTo(0.53, 12);
    expect(nextBaseline(0.5, [], 0.9)).toBe(0.5);
  });
  it("weighs every token of a judgment alike", () => {
    expect([...judgeWeights([0.9, 0.4], 0.5, [2, 1])].map((x) => +x.toFixed(6))).toEqual([0.2, 0.2, -0.05]);
    expect([...perToken([5, 6], [0, 2])]).toEqual([6, 6]);
  });
});
