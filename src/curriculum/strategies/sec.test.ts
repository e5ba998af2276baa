// SEC: chances and values by hand, and what a step teaches the bandit.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices, Random } from "../random";
import type { Parts } from "../strategy";
import { drawAsk, groupOf, poolOf, viewOf } from "../testing/prompts";
import { softmax, strategy, updated } from "./sec";

const configOf = (sec: object) =>
  resolveConfig({
    trainer: { kind: "grpo", samplesPerBatch: 6 },
    curriculum: { strategy: "sec" },
    sec,
    budget: { steps: 10 },
  });
const PARTS: Parts = { names: ["even", "odd"], of: indices(40).map((i) => i % 2) };
const POOL = poolOf(indices(40).map((i) => i % 4));

describe("SEC", () => {
  it("draws arms by the softmax of their values, and never an empty one", () => {
    const chances = softmax([0.5, 0.2, 9], [3, 3, 0], 0.3);
    // e^0 and e^−1.
    expect(chances[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 10);
    expect(chances[2]).toBe(0);
    expect(softmax([1, 1], [0, 0], 1)).toEqual([0, 0]);
  });

  it("moves an arm's value by its mean, and leaves the others", () => {
    const next = updated({ 0: 0.5, 1: 0.4 }, new Map([[0, [0.1, 0.3]]]), 0.25);
    expect(next[0]).toBeCloseTo(0.25 * 0.2 + 0.75 * 0.5, 12);
    expect(next[1]).toBe(0.4);
  });

  it("learns mean |advantage| of the arms it drew from", () => {
    const config = configOf({ rate: 0.5 });
    const drawn = strategy.draw!(drawAsk(config, POOL, strategy.begin!(1), { parts: PARTS }));
    const arms = new Set(drawn.samples.map((sample) => sample % 2));
    expect(arms.size).toBe(2);
    const groups = drawn.samples.map((sample) => groupOf(sample, sample % 2 === 0 ? [1, 0] : [1, 1]));
    const state = strategy.learn!(drawn.state, { config, groups, rewards: [] });
    // Advantages are ±½ in even prompts, 0 in odd ones.
    expect(state.values).toEqual({ 0: 0.25, 1: 0 });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(strategy.explain!(viewOf(config, POOL, [2], state, PARTS), 2)).toContain(
      "“even”: mean |advantage| 0.250",
    );
  });

  it("prefers the arm that teaches at a low temperature", () => {
    const config = configOf({ temperature: 0.01 });
    const state = { ...strategy.begin!(1), values: { 0: 0.1, 1: 0.4 } };
    const { samples } = strategy.draw!(
      drawAsk(config, POOL, state, { parts: PARTS, random: new Random(4, "x") }),
    );
    expect(samples.map((sample) => sample % 2)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(samples).size).toBe(6);
  });

  it("takes levels of difficulty for arms where asked to", () => {
    const config = configOf({ by: "difficulty", temperature: 0.01 });
    const state = { ...strategy.begin!(1), values: { 3: 1 } };
    const { samples } = strategy.draw!(drawAsk(config, POOL, state));
    expect(samples.map((sample) => sample % 4)).toEqual([3, 3, 3, 3, 3, 3]);
  });
});
