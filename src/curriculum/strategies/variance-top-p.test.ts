// Variance top-p: which groups hold the share, by hand.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { groupOf, keepAsk } from "../testing/prompts";
import { strategy, topShare } from "./variance-top-p";

describe("variance top-p", () => {
  it("takes the fewest groups that hold the share of all standard deviations", () => {
    // Standard deviations 1, 3, 2, 4 of 10 in all.
    const variances = [1, 9, 4, 16];
    expect(topShare(variances, 0.4)).toEqual([3]);
    expect(topShare(variances, 0.41)).toEqual([3, 1]);
    expect(topShare(variances, 0.9)).toEqual([3, 1, 2]);
    expect(topShare(variances, 1)).toEqual([3, 1, 2, 0]);
  });

  it("takes none without variance, equal ones in their order, and one alone", () => {
    expect(topShare([0, 0, 0], 0.9)).toEqual([]);
    expect(topShare([0.25, 0, 0.25, 0.25], 0.5)).toEqual([0, 2]);
    expect(topShare([0.1], 0.01)).toEqual([0]);
    expect(topShare([], 0.9)).toEqual([]);
  });

  it("leaves out of a step what adds little", () => {
    const config = resolveConfig({
      trainer: { kind: "grpo", samplesPerBatch: 3 },
      curriculum: { strategy: "variance-top-p" },
      varianceTopP: { share: 0.6 },
    });
    const groups = [groupOf(0, [1, 1, 1, 1]), groupOf(1, [1, 0, 0, 0]), groupOf(2, [1, 1, 0, 0])];
    // √(3/16) = 0.433 of 0.933 is less than 0.6: the other one, 0.5, and then this.
    expect(strategy.keep!(keepAsk(config, groups, null)).kept).toEqual([2, 1]);
  });
});
