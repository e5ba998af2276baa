// Dynamic sampling: what is left out, what comes in its place, and when it stops.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { drawAsk, groupOf, keepAsk, poolOf } from "../testing/prompts";
import { strategy } from "./dynamic-sampling";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", samplesPerBatch: 3 },
  curriculum: { strategy: "dynamic-sampling" },
  dynamicSampling: { times: 2 },
  budget: { steps: 10 },
});
const VARIED = [1, 0];
const ALIKE = [1, 1];

describe("dynamic sampling", () => {
  it("asks for as many other prompts as groups did not vary", () => {
    const groups = [groupOf(4, ALIKE), groupOf(7, VARIED), groupOf(9, [0, 0])];
    const { kept, again } = strategy.keep!(keepAsk(CONFIG, groups, null));
    expect(kept).toEqual([1]);
    expect(again).toHaveLength(2);
    expect(again.some((sample) => [4, 7, 9].includes(sample))).toBe(false);
  });

  it("trains no more groups than a step takes, the first that vary", () => {
    const groups = [1, 2, 3, 4].map((sample) => groupOf(sample, VARIED));
    expect(strategy.keep!(keepAsk(CONFIG, groups, null))).toEqual({
      kept: [0, 1, 2],
      again: [],
      state: null,
    });
  });

  it("stops after so many times, and where the pool has no other prompts", () => {
    const groups = [groupOf(0, ALIKE), groupOf(1, ALIKE)];
    expect(strategy.keep!(keepAsk(CONFIG, groups, null, { times: 2 })).again).toEqual([]);
    expect(strategy.keep!(keepAsk(CONFIG, groups, null, { poolSize: 2 })).again).toEqual([]);
  });

  it("draws different prompts, all of them from a small pool", () => {
    const { samples } = strategy.draw!(drawAsk(CONFIG, poolOf([null, null]), null));
    expect([...samples].sort()).toEqual([0, 1]);
  });
});
