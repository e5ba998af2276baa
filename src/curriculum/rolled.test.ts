// What strategies share that draw prompts themselves: levels, draws without repeats, and the share of variance by hand.
import { describe, expect, it } from "vitest";
import { Random, indices } from "./random";
import { drawByWeight, drawFresh, levelsOf, nextFree, varianceShare } from "./rolled";
import { groupOf, poolOf } from "./testing/prompts";

describe("the share of variance", () => {
  it("is k(n − k) over its largest value", () => {
    expect(varianceShare(groupOf(0, [1, 0, 0, 0]))).toBeCloseTo(3 / 4, 12);
    expect(varianceShare(groupOf(0, [1, 1, 0, 0]))).toBeCloseTo(1, 12);
    // Of three answers one right is as uneven as it gets.
    expect(varianceShare(groupOf(0, [1, 0, 0]))).toBeCloseTo(1, 12);
    expect(varianceShare(groupOf(0, [1, 1, 1]))).toBe(0);
    expect(varianceShare(groupOf(0, [1]))).toBe(0);
  });
});

describe("levels of difficulty", () => {
  it("are the values where there are few of them, easiest first", () => {
    const { parts, levels } = levelsOf(poolOf([5, 1, null, 5, 3]), 4);
    expect(levels).toBe(3);
    expect(parts.of).toEqual([2, 0, 3, 2, 1]);
  });

  it("are parts of equal size where there are many", () => {
    const { parts, levels } = levelsOf(poolOf([8, 7, 6, 5, 4, 3, 2, 1]), 4);
    expect(levels).toBe(4);
    expect(parts.of).toEqual([3, 3, 2, 2, 1, 1, 0, 0]);
  });

  it("are none in a pool without difficulties", () => {
    expect(levelsOf(poolOf([null, null]), 4)).toMatchObject({ levels: 0, parts: { of: [0, 0] } });
  });
});

describe("draws", () => {
  it.each([3, 18, 40])("give %i different samples, none of those taken", (count) => {
    const drawn = drawFresh(100, count, new Set([1, 2, 3]), new Random(1, "test"));
    expect(new Set(drawn).size).toBe(count);
    expect(drawn.some((sample) => sample >= 1 && sample <= 3)).toBe(false);
  });

  it("give all where there are no more", () => {
    expect(drawFresh(5, 9, new Set([2]), new Random(1, "test")).sort()).toEqual([0, 1, 3, 4]);
    expect(drawFresh(2, 3, new Set([0, 1]), new Random(1, "test"))).toEqual([]);
  });

  it("go round a list and past what is taken", () => {
    expect(nextFree([7, 8, 9], 2, new Set([9]))).toEqual({ sample: 7, from: 1 });
    expect(nextFree([7], 0, new Set([7]))).toBeNull();
    expect(nextFree([], 0, new Set())).toBeNull();
  });

  it("follow the weights, and turn to other parts where one is used up", () => {
    const members = [[0, 1], indices(50).map((i) => 10 + i), []];
    const { samples, drawn } = drawByWeight(members, [], [1, 1, 5], 12, new Random(3, "test"));
    expect(samples).toHaveLength(12);
    expect(new Set(samples).size).toBe(12);
    expect(samples.filter((sample) => sample < 2)).toHaveLength(2);
    expect(drawn[1]).toBe(10);
    expect(drawByWeight(members, [], [0, 0, 1], 3, new Random(3, "test")).samples).toEqual([]);
  });

  it("bear a pool of 100,000", () => {
    const pool = poolOf(indices(100_000).map((i) => i % 7));
    const { parts } = levelsOf(pool, 4);
    expect(parts.of).toHaveLength(100_000);
    const drawn = drawFresh(100_000, 99_000, new Set([5]), new Random(1, "test"));
    expect(new Set(drawn).size).toBe(99_000);
  });
});
