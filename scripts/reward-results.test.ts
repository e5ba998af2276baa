// The arithmetic behind docs/results/rewards.json, on runs whose answer is known.
import { describe, expect, it } from "vitest";
import * as stats from "../src/curriculum/paired";
import type { Summary } from "../src/headless/summary";
import { there } from "./claims/words";
import { readJson } from "./json";
import type { FinishedRun, Reference } from "./results";
import { MEASURES, groupOf, paired, rewardRows } from "./reward-results";

/** Only what the measures read. */
const run = (strategy: string, seed: number, variance: number, metis = { memory: 3, lambda: 0.01 }) =>
  ({
    seed,
    config: { curriculum: { strategy }, metis },
    summary: {
      before: { value: 0.5 },
      after: { value: 0.5 + variance },
      groups: { meanVariance: variance, zeroVarianceShare: 0.5 },
      judge: { parsed: 0.99, mae: 0.05, spearman: 0.4 },
      offSelection: [
        { spearman: 0.1, mae: 0.06, constantMae: 0.05, parsed: 1 },
        { spearman: 0.3, mae: 0.04, constantMae: 0.03, parsed: 0.9 },
      ],
      tokens: { judge: 1, rollout: 2, train: 3 },
      seconds: { judge: 1, rollout: 2, train: 3 },
    } as unknown as Summary,
  }) as unknown as FinishedRun;
const reference = readJson<Reference>("scripts/base-model/results/reference.json");

describe("groups", () => {
  it.each([
    [{ curriculum: { strategy: "metis" }, metis: { memory: 3, lambda: 0.01 } }, "metis K=3 lambda=0.01"],
    [{ curriculum: { strategy: "metis" }, metis: { memory: 0, lambda: 0.01 } }, "metis K=0 lambda=0.01"],
    [{ curriculum: { strategy: "metis" }, metis: { memory: 3, lambda: 1 } }, "metis K=3 lambda=1.0"],
    [{ curriculum: { strategy: "metis" }, metis: { memory: 3, lambda: 0 } }, "metis K=3 lambda=0.0"],
    [{ curriculum: { strategy: "running-mean" }, metis: {} }, "running_mean"],
    [{ curriculum: { strategy: "last-variance" }, metis: {} }, "last"],
    [{ curriculum: { strategy: "shuffled" }, metis: {} }, "shuffled"],
  ])("are called as PyTorch's reference calls them: %j", (config, name) => {
    expect(groupOf(config as Parameters<typeof groupOf>[0])).toBe(name);
    expect(reference.grpo.map(({ strategy }) => strategy)).toContain(name);
  });
});

describe("differences", () => {
  it("pair seeds, and their interval is Student's", () => {
    const own = [run("metis", 1, 0.09), run("metis", 2, 0.08), run("metis", 3, 0.07)];
    const other = [run("random", 3, 0.04), run("random", 2, 0.06), run("random", 1, 0.05)];
    const found = there(paired(own, other, MEASURES.mean_reward_variance, stats));
    expect(found.bySeed.map((x) => x.toFixed(3))).toEqual(["0.040", "0.020", "0.030"]);
    expect(found.mean).toBeCloseTo(0.03, 12);
    // sd .01, se .01 / √3, half width 4.3027 se.
    expect(found.high - found.mean).toBeCloseTo((4.30265273 * 0.01) / Math.sqrt(3), 8);
  });

  it("need two pairs", () => {
    expect(
      paired([run("metis", 1, 0.09)], [run("random", 1, 0.05)], MEASURES.mean_reward_variance, stats),
    ).toBeNull();
    expect(
      paired([run("metis", 1, 0.09)], [run("random", 2, 0.05)], MEASURES.mean_reward_variance, stats),
    ).toBeNull();
  });
});

it("a look is no forecast, and a probe's mean is over all probes", () => {
  expect(MEASURES.forecast_spearman_on(run("oracle", 1, 0.1))).toBeNull();
  expect(MEASURES.forecast_spearman_on(run("metis", 1, 0.1))).toBe(0.4);
  expect(MEASURES.parse_failure_share(run("metis-head", 1, 0.1))).toBeNull();
  expect(MEASURES.parse_failure_share(run("metis", 1, 0.1))).toBeCloseTo(0.01, 12);
  expect(MEASURES.forecast_spearman_off(run("oracle", 1, 0.1))).toBeCloseTo(0.2, 12);
  expect(MEASURES.parse_failure_share_off(run("metis", 1, 0.1))).toBeCloseTo(0.05, 12);
});

it("sets runs beside PyTorch's and beside random order", () => {
  const runs = [
    ...[1, 2, 3].map((seed) => run("random", seed, 0.05 + seed / 1000)),
    ...[1, 2, 3].map((seed) => run("metis", seed, 0.08 + seed / 1000)),
    run("shuffled", 1, 0.06),
  ];
  const rows = rewardRows(runs, reference, stats);
  expect(rows.map(({ strategy }) => strategy)).toEqual(["random", "metis K=3 lambda=0.01", "shuffled"]);
  const [random, metis, shuffled] = rows;
  expect(random.minusRandom).toEqual({});
  expect(metis.minusRandom.mean_reward_variance.mean).toBeCloseTo(0.03, 12);
  expect(random.minusMetis.mean_reward_variance.mean).toBeCloseTo(-0.03, 12);
  const variance = metis.measures.mean_reward_variance;
  expect(there(variance.pytorch).bySeed).toHaveLength(5);
  expect(variance.differenceInStandardErrors).toBeGreaterThan(0);
  // One seed has no spread of its own.
  expect(shuffled.measures.mean_reward_variance.se).toBeNull();
  expect(shuffled.measures.mean_reward_variance.differenceInStandardErrors).not.toBeNull();
});
