// HIVE: the chance to pass, the band of entropies and the moves of both, by hand.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices } from "../random";
import { drawAsk, groupOf, keepAsk, poolOf, viewOf } from "../testing/prompts";
import { afterGroups, bandPlaces, passes, strategy, type HiveState } from "./hive";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", samplesPerBatch: 4 },
  curriculum: { strategy: "hive" },
  budget: { steps: 10 },
});
const START = strategy.begin!(1);

describe("HIVE", () => {
  it("lets prompts through the less, the more groups in a row did not vary", () => {
    const state: HiveState = {
      chance: { easy: 0.5, hard: 0.8 },
      runs: {
        1: { kind: "easy", length: 2 },
        2: { kind: "hard", length: 1 },
        3: { kind: "easy", length: 9 },
      },
    };
    expect([0, 1, 2, 3].map((sample) => passes(state, sample))).toEqual([1, 0.25, 0.8, 0.01]);
  });

  it("counts runs and moves the chances towards its aim", () => {
    const first = afterGroups(START, [groupOf(1, [1, 1]), groupOf(2, [0, 0]), groupOf(3, [1, 0])], 0.25);
    expect(first.runs).toEqual({ 1: { kind: "easy", length: 1 }, 2: { kind: "hard", length: 1 } });
    // A third of each kind is above 1/12 and above 1/6.
    expect(first.chance.easy).toBeCloseTo(0.49, 12);
    expect(first.chance.hard).toBeCloseTo(0.49, 12);
    const then = afterGroups(first, [groupOf(1, [1, 1]), groupOf(2, [1, 0])], 0.25);
    expect(then.runs).toEqual({ 1: { kind: "easy", length: 2 } });
    expect(then.chance.easy).toBeCloseTo(0.48, 12);
    expect(then.chance.hard).toBeCloseTo(0.5, 12);
  });

  it("keeps the band below the highest entropies, and the rest in reserve", () => {
    // Order by entropy: 3, 0, 2, 1; a quarter off the top, half kept: 0 and 2, then 1, then 3.
    expect(bandPlaces([0.8, 0.1, 0.5, 0.9], 0.25, 0.5)).toEqual([0, 2, 1, 3]);
    expect(bandPlaces([2, 2], 0, 0.5)).toEqual([0, 1]);
    expect(bandPlaces([1], 0.9, 0.5)).toEqual([0]);
  });

  it("draws twice as many as it rolls out, unlikely ones last", () => {
    const pool = poolOf(indices(200).map(() => null));
    expect(strategy.rolls!(CONFIG)).toBe(6);
    const { samples } = strategy.draw!(drawAsk(CONFIG, pool, START));
    expect(new Set(samples).size).toBe(12);
    const runs = Object.fromEntries(indices(100).map((i) => [i, { kind: "hard" as const, length: 9 }]));
    const later = strategy.draw!(drawAsk(CONFIG, pool, { ...START, runs })).samples;
    expect(later.filter((sample) => sample < 100).length).toBeLessThan(4);
    expect(strategy.draw!(drawAsk(CONFIG, pool.slice(0, 3), START)).samples).toHaveLength(3);
  });

  it("trains the first groups that vary, as many as a step takes", () => {
    const groups = indices(6).map((i) => groupOf(i, i === 1 ? [1, 1] : [1, 0]));
    expect(strategy.keep!(keepAsk(CONFIG, groups, START)).kept).toEqual([0, 2, 3, 4]);
    const state = afterGroups(START, groups, 0.25);
    const view = viewOf(CONFIG, poolOf(indices(6).map(() => null)), [1], state);
    expect(strategy.explain!(view, 1)).toMatch(/^its last 1 groups did not vary/);
  });
});
