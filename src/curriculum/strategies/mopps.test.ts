// MoPPS: posteriors against counts by hand, draws against the moments of Beta, and what gets chosen.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { Random, indices } from "../random";
import { poolOf, viewOf } from "../testing/prompts";
import { drawBeta, strategy, updated, type Beta, type MoppsState } from "./mopps";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", rollouts: 8 },
  curriculum: { strategy: "mopps" },
  budget: { steps: 5 },
});

function answered(state: MoppsState, sample: number, meanReward: number, config = CONFIG): MoppsState {
  const groups = [
    {
      sample,
      prompt: "",
      variance: 0,
      meanReward,
      rewards: [],
      advantages: [],
      part: 0,
      trained: true,
      features: null,
    },
  ];
  return strategy.learn!(state, { config, groups, rewards: [] });
}

function rank(state: MoppsState, candidates: number[], seed: number): (number | null)[] {
  const view = viewOf(CONFIG, poolOf(candidates.map(() => null)), candidates, state);
  return strategy.rank!(view, [], new Random(seed, "prompts"));
}

const moments = (beta: Beta, n = 20_000): [mean: number, variance: number] => {
  const random = new Random(3, "draws");
  const draws = indices(n).map(() => drawBeta(beta, random));
  const mean = draws.reduce((sum, x) => sum + x, 0) / n;
  return [mean, draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n];
};

describe("MoPPS", () => {
  it("counts answers into the posterior, and forgets towards the prior", () => {
    expect(updated({ right: 1, wrong: 1 }, 0.75, 8, 1)).toEqual({ right: 7, wrong: 3 });
    expect(updated({ right: 7, wrong: 3 }, 0, 8, 1)).toEqual({ right: 7, wrong: 11 });
    expect(updated({ right: 7, wrong: 3 }, 0, 8, 0.5)).toEqual({ right: 4, wrong: 10 });
    expect(updated({ right: 7, wrong: 3 }, 0.5, 8, 0)).toEqual({ right: 5, wrong: 5 });
  });

  it.each<[string, Beta]>([
    ["uniform", { right: 1, wrong: 1 }],
    ["skewed", { right: 9, wrong: 1 }],
    ["narrow", { right: 30, wrong: 50 }],
  ])("draws with the mean and the variance of a %s Beta", (_name, beta) => {
    const n = beta.right + beta.wrong;
    const mean = beta.right / n;
    const variance = (mean * (1 - mean)) / (n + 1);
    const drawn = moments(beta);
    expect(Math.abs(drawn[0] - mean)).toBeLessThan(4 * Math.sqrt(variance / 20_000));
    expect(Math.abs(drawn[1] / variance - 1)).toBeLessThan(0.06);
  });

  it("studies prompts that are right half the time before known and hopeless ones", () => {
    let state = strategy.begin!(1);
    for (const [sample, share] of [
      [0, 1],
      [1, 0.5],
      [2, 0],
    ])
      for (let times = 0; times < 6; times++) state = answered(state, sample, share);
    const first = indices(200).map((seed) => {
      const values = rank(state, [0, 1, 2], seed) as number[];
      return values.indexOf(Math.max(...values));
    });
    expect(first).toEqual(first.map(() => 1));
  });

  it("tries what it has never seen now and then, before what it knows well", () => {
    let state: MoppsState = {};
    for (let times = 0; times < 6; times++) state = answered(state, 0, 1);
    const unseen = indices(400).filter((seed) => {
      const [known, fresh] = rank(state, [0, 1], seed) as number[];
      return fresh > known;
    });
    // A uniform draw lies nearer to one half than about 0.98 in some 96 of 100 cases.
    expect(unseen.length).toBeGreaterThan(360);
    expect(unseen.length).toBeLessThan(400);
  });

  it("counts a partly right answer, and no reward outside 0 to 1", () => {
    expect(answered({}, 4, 0.25)[4]).toEqual({ right: 3, wrong: 7 });
    expect(answered({}, 4, 1.5)[4]).toEqual({ right: 9, wrong: 1 });
    expect(answered({}, 4, -1)[4]).toEqual({ right: 1, wrong: 9 });
  });

  it("says the same for the same draws", () => {
    const state = answered({}, 1, 0.5);
    expect(rank(state, [0, 1, 2], 7)).toEqual(rank(state, [0, 1, 2], 7));
    expect(rank(state, [0, 1, 2], 7)).not.toEqual(rank(state, [0, 1, 2], 8));
  });
});
