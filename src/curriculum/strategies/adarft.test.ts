// AdaRFT: the target's moves and the nearest prompts, by hand.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices, Random } from "../random";
import { drawAsk, groupOf, poolOf, viewOf } from "../testing/prompts";
import { moved, nearest, scaledDifficulties, strategy } from "./adarft";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", samplesPerBatch: 3 },
  curriculum: { strategy: "adarft" },
  budget: { steps: 10 },
});

describe("AdaRFT", () => {
  it("moves the target by η tanh(α (reward − β)), within the scale", () => {
    const terms = { reward: 0.5, step: 50, sensitivity: 2 };
    expect(moved(20, 1, terms)).toBeCloseTo(20 + 50 * Math.tanh(1), 10);
    expect(moved(20, 0.5, terms)).toBe(20);
    expect(moved(20, 0, terms)).toBe(0);
    expect(moved(90, 1, terms)).toBe(100);
  });

  it("stretches the pool's difficulties to 0 to 100", () => {
    expect(Array.from(scaledDifficulties(poolOf([1, 3, null, 2])))).toEqual([0, 100, NaN, 50]);
    expect(Array.from(scaledDifficulties(poolOf([4, 4])))).toEqual([0, 0]);
  });

  it("takes the nearest, equally near ones by a seeded draw", () => {
    const scaled = Float64Array.from([0, 10, 20, 30, 30, NaN, 50]);
    expect(nearest(scaled, 12, 2, new Random(1, "x")).sort((a, b) => a - b)).toEqual([1, 2]);
    const drawn = indices(40).map((seed) => nearest(scaled, 41, 2, new Random(seed, "x")));
    expect(drawn.every((two) => two.includes(6))).toBe(true);
    expect(new Set(drawn.flat())).toEqual(new Set([3, 4, 6]));
    expect(nearest(scaled, 0, 99, new Random(1, "x"))).toHaveLength(6);
    expect(nearest(Float64Array.from([NaN]), 0, 2, new Random(1, "x"))).toEqual([]);
  });

  it("begins with the easiest and goes on to harder ones where answers are right", () => {
    const pool = poolOf([0, 0, 0, 5, 5, 5, 10, 10, 10]);
    const first = strategy.draw!(drawAsk(CONFIG, pool, strategy.begin!(1)));
    expect([...first.samples].sort()).toEqual([0, 1, 2]);
    const groups = first.samples.map((sample) => groupOf(sample, [1, 1]));
    const state = strategy.learn!(first.state, { config: CONFIG, groups, rewards: [] });
    // 50 tanh 1 = 38.1: nearer to 50 than to 0.
    expect(state.target).toBeCloseTo(38.08, 2);
    const then = strategy.draw!(drawAsk(CONFIG, pool, state));
    expect([...then.samples].sort()).toEqual([3, 4, 5]);
    expect(strategy.explain!(viewOf(CONFIG, pool, then.samples, state), 3)).toBe(
      "difficulty 50 of 100, target 38",
    );
  });

  it("bears 100,000 samples of one difficulty", () => {
    const { samples } = strategy.draw!(
      drawAsk(CONFIG, poolOf(indices(100_000).map(() => 2)), { target: 70 }),
    );
    expect(new Set(samples).size).toBe(3);
  });
});
