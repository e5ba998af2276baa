// Known values and identities of the shares and of k3.
import fc from "fast-check";
import { expect, it } from "vitest";
import { clipShares, k3, perToken } from "./policyShares";

it("counts clipped tokens by side", () => {
  // ratios 2, 2, 0.5, 0.5, 1: only those that would go on in the wrong direction are clipped
  const logprob = [2, 2, 0.5, 0.5, 1].map(Math.log);
  const bounds = { epsilonLow: 0.2, epsilonHigh: 0.2 };
  expect(clipShares(logprob, [0, 0, 0, 0, 0], [1, -1, 1, -1, 1], [1, 1, 1, 1, 1], bounds)).toEqual([
    0.2, 0.2, 0.4,
  ]);
  expect(clipShares(logprob, [0, 0, 0, 0, 0], [1, -1, 1, -1, 1], [1, 0, 0, 0, 0], bounds)).toEqual([0, 1, 1]);
  expect(clipShares([0], [0], [1], [0], bounds)).toEqual([0, 0, 0]);
});

it("k3 is 0 where both agree and never negative beyond rounding", () => {
  expect(k3(-2, -2)).toBe(0);
  expect(k3(-1, -2)).toBeCloseTo(Math.E - 2, 12);
  const logprob = fc.double({ min: -20, max: 0, noNaN: true });
  fc.assert(fc.property(logprob, logprob, (a, b) => void expect(k3(a, b)).toBeGreaterThan(-1e-12)));
});

it("repeats a rollout's value for each of its tokens", () => {
  expect(perToken([5, 6, 7], [0, 2, 1])).toEqual([6, 6, 7]);
});
