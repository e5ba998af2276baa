// Reductions, statistics, advantages and METIS arithmetic against hand-computed values and simple laws.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advantages, tokenWeights } from "./advantages";
import { resolveConfig } from "../config/schema";
import { chooseByForecast } from "./candidates";
import { judgmentContext, judgmentReward, parseJudgment } from "./judgment";
import { Random, indices } from "./random";
import {
  afterRollouts,
  movingAverage,
  newRecord,
  orderForMemory,
  remember,
  type MemoryOrder,
} from "./record";
import { strategyNamed } from "./registry";
import { reduceEntropy, topFifthMean } from "./reduce";
import {
  mae,
  mean,
  pairedDifference,
  populationVariance,
  ranks,
  spearman,
  spearmanInterval,
  wilson,
} from "./stats";
import { onePart, poolOf } from "./testing/prompts";

describe("reduceEntropy", () => {
  const prefix = { prefixTokens: 2, reduce: "mean", unit: "nats" } as const;
  it("averages the first tokens", () => {
    expect(reduceEntropy([1, 3, 100], "nats", prefix)).toBe(2);
    expect(reduceEntropy([1], "nats", prefix)).toBe(1);
    expect(reduceEntropy([1, 3, 5], "nats", { ...prefix, prefixTokens: null })).toBe(3);
    expect(reduceEntropy([], "nats", prefix)).toBeNull();
  });
  it("converts between nats and bits both ways", () => {
    expect(reduceEntropy([Math.LN2], "nats", { ...prefix, unit: "bits" })).toBeCloseTo(1, 12);
    expect(reduceEntropy([1], "bits", prefix)).toBeCloseTo(Math.LN2, 12);
  });
  it("takes the top fifth, at least one", () => {
    expect(topFifthMean([1, 2, 3, 4])).toBe(4);
    expect(topFifthMean(indices(10))).toBe(8.5);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1 }), (values) => {
        expect(topFifthMean(values)).toBeGreaterThanOrEqual(mean(values) - 1e-9);
      }),
    );
  });
});

describe("statistics", () => {
  it("shares ranks between equal values", () => {
    expect(ranks([10, 20, 20, 5])).toEqual([2, 3.5, 3.5, 1]);
  });
  it("correlates ranks", () => {
    expect(spearman([1, 2, 3, 4], [10, 20, 30, 400])).toBe(1);
    expect(spearman([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.820783, 6); // the example in the docs of scipy.stats.spearmanr
    expect(spearman([1, 1, 1], [1, 2, 3])).toBe(0);
    expect(spearman([1, null, 3], [3, 9, 1])).toBe(-1);
  });
  it("gives an interval of a rank correlation", () => {
    // By hand for n = 28: the error of z is √(1.125 / 25) = 0.21213, and atanh 0.5 ± 1.96 of it is 0.13353 and 0.96508.
    const [low, high] = spearmanInterval(0.5, 28);
    expect(low).toBeCloseTo(0.13275, 4);
    expect(high).toBeCloseTo(0.74653, 4);
    expect(spearmanInterval(0.5, 3)).toEqual([-1, 1]);
    expect(spearmanInterval(1, 50)).toEqual([1, 1]);
  });
  it("gives Wilson's interval", () => {
    // Its ends are the shares p at which the observation is 1.96 standard errors of p away.
    for (const end of wilson(23, 103)) {
      expect(Math.abs(23 / 103 - end) / Math.sqrt((end * (1 - end)) / 103)).toBeCloseTo(1.959964, 5);
    }
    expect(wilson(0, 10)[0]).toBe(0);
    expect(wilson(10, 10)[1]).toBe(1);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
  it("compares in pairs", () => {
    const paired = pairedDifference([2, 4, 6], [1, 2, 3]);
    expect(paired.mean).toBe(2);
    expect(paired.se).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(paired.n).toBe(3);
    expect(mae([0, null, 1], [1, 1, null])).toBe(1);
  });
});

describe("advantages", () => {
  it("match the definition for each scale", () => {
    expect(advantages([1, 0, 1, 1], 2, "none")).toEqual([0.5, -0.5, 0, 0]);
    const std = Math.sqrt(0.5);
    expect(advantages([1, 0, 1, 1], 2, "group")).toEqual([0.5 / (std + 1e-4), -0.5 / (std + 1e-4), 0, 0]);
    expect(advantages([1, 0, 1, 1], 2, "batch")[0]).toBeCloseTo(0.5 / (0.5 + 1e-4), 12);
  });
  it("sum to zero in every group and square to n times its variance", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (rewards) => {
          const a = advantages(rewards, 4, "none");
          expect(Math.abs(a.reduce((sum, x) => sum + x, 0))).toBeLessThan(1e-12);
          expect(mean(a.map((x) => x * x))).toBeCloseTo(populationVariance(rewards), 12);
        },
      ),
    );
  });
  it("weigh tokens by loss type", () => {
    expect(tokenWeights([2, 0], "grpo", 5)).toEqual([0.25, 0.5]);
    expect(tokenWeights([2, 4], "bnpo", 5)).toEqual([1 / 6, 1 / 6]);
    expect(tokenWeights([2, 4], "dr_grpo", 5)).toEqual([0.1, 0.1]);
    expect(tokenWeights([2, 4], "dapo", 5)).toEqual([1 / 6, 1 / 6]);
    expect(tokenWeights([2, 4], "dapo", 5, 12)).toEqual([1 / 12, 1 / 12]);
  });
});

describe("METIS", () => {
  it("shows the memory and the candidate", () => {
    expect(judgmentContext([{ prompt: "1+1=?", variance: 0.1875 }], "2+2=?")).toBe(
      "Forecast the reward variance (0 to 0.25).\nQ: 1+1=? V: 0.19\nQ: 2+2=? V?",
    );
  });
  it.each([
    ["p=.5, so \\boxed{0.23}", 0.23],
    ["\\boxed{.1}", 0.1],
    ["\\boxed{1}", 0.25],
    ["\\boxed{0}", 0],
    ["\\boxed{0.9}", 0.25],
    ["0.2", null],
    ["\\boxed{}", null],
    ["\\boxed{2}", null],
    ["\\boxed{-0.1}", null],
    ["\\boxed{0.1", null],
    ["", null],
  ])("reads %j as %s", (text, want) => {
    expect(parseJudgment(text)).toBe(want);
  });
  it("rewards a forecast by its squared error", () => {
    expect(judgmentReward(0.25, 0.25)).toBe(1);
    expect(judgmentReward(0.25, 0)).toBe(0);
    expect(judgmentReward(0.125, 0)).toBe(0.75);
  });
  it("remembers the last K, newest last", () => {
    const items = [0.1, 0.2, 0.3].map((variance) => ({ prompt: String(variance), variance }));
    expect(remember(items, [{ prompt: "n", variance: 0 }], 2).map((item) => item.prompt)).toEqual([
      "0.3",
      "n",
    ]);
    expect(remember(items, [], 0)).toEqual([]);
  });
  it("remembers a sample of the step that does not hang on the forecasts' order", () => {
    const items = indices(8).map((i) => ({ prompt: `p${i}`, variance: i / 32 }));
    const kept = (order: MemoryOrder, seed: number) =>
      orderForMemory(items, 3, order, new Random(seed, "m")).slice(-3);
    const names = (order: MemoryOrder, seed: number) => kept(order, seed).map(({ prompt }) => prompt);
    expect(names("best-last", 1)).toEqual(["p5", "p6", "p7"]);
    // Each of eight is among the three in 3/8 of 800 draws: 300, standard deviation 14.
    const times = new Map<string, number>();
    for (const seed of indices(800))
      for (const name of names("uniform", seed)) times.set(name, (times.get(name) ?? 0) + 1);
    expect(times.size).toBe(8);
    for (const count of times.values()) expect(Math.abs(count - 300)).toBeLessThan(60);
    for (const seed of indices(20)) {
      expect(new Set(names("uniform", seed)).size).toBe(3);
      expect(names("spread", seed).sort()).toEqual(["p1", "p4", "p6"]);
    }
    expect(orderForMemory(items, 0, "spread", new Random(1, "m"))).toHaveLength(8);
  });
  it("counts the picks drawn at random among equals at the cut", () => {
    const picked = (forecasts: (number | null)[], count: number, share = 0) =>
      chooseByForecast(forecasts, 0, count, share, new Random(1, "m")).byLot;
    expect(picked([0.2, 0.1, 0, 0, 0], 3)).toBe(1);
    expect(picked([0.2, 0.1, 0, 0, 0], 2)).toBe(0);
    expect(picked([0.1, 0.1, 0, 0.1, null], 2)).toBe(2);
    expect(picked([0, 0], 2)).toBe(0);
    expect(picked([0, 0, 0, 0], 2, 1)).toBe(0); // the random slice is told apart
  });
  it("starts the average at its first value", () => {
    expect(movingAverage(null, 3, 0.9)).toBe(3);
    expect(movingAverage(1, 2, 0.9)).toBeCloseTo(1.1, 12);
  });
  it("chooses the highest forecasts, ties and gaps included", () => {
    const chosen = chooseByForecast([0.1, null, 0.25, 0], 0.2, 2, 0, new Random(1, "m"));
    expect(chosen).toEqual({ selected: [2, 1], exploration: [], byLot: 0 });
    const ties = new Set(
      indices(60).map((seed) => chooseByForecast([0, 0, 0], 0, 1, 0, new Random(seed, "m")).selected[0]),
    );
    expect(ties.size).toBe(3);
    const half = chooseByForecast(indices(20), 0, 6, 0.5, new Random(1, "m"));
    expect(new Set(half.selected).size).toBe(6);
    expect(half.exploration).toHaveLength(3);
  });
  it("forecasts by rule where it is a control", () => {
    const record = afterRollouts(newRecord(), [{ sample: 4, prompt: "q", variance: 0.25, meanReward: 0.9 }], {
      size: 3,
      order: "uniform",
      random: new Random(1, "m"),
    });
    expect(record.meanVariance).toBeCloseTo(0.115, 12);
    const view = {
      config: resolveConfig({ metis: { target: 0.5 } }),
      candidates: [4, 5],
      promptOf: () => "q",
      record,
      state: null,
      pool: poolOf(new Array(6).fill(null)),
      parts: onePart(6),
    };
    const by = (name: string) => {
      const strategy = strategyNamed(name);
      if (strategy.chooses !== "prompts") throw new Error(`${name} chooses by rounds`);
      const ask = strategy.ask(view);
      if (ask.wants !== "nothing") throw new Error(`${name} wants ${ask.wants}`);
      const forecasts = ask.read();
      return { forecasts, ranking: strategy.rank?.(view, forecasts, new Random(1, "m")) ?? forecasts };
    };
    const { meanVariance } = record;
    expect(by("last-variance").ranking).toEqual([0.25, meanVariance]);
    expect(by("running-mean").ranking).toEqual([meanVariance, meanVariance]);
    expect(by("pcl")).toEqual({ forecasts: [null, null], ranking: [-0.4, -0] });
    expect(by("uniform")).toEqual({ forecasts: [null, null], ranking: [0, 0] });
  });
});
