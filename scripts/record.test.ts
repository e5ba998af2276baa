// The page's recorded runs and the results files must tell the same story: both come from the same finished runs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as stats from "../src/curriculum/paired";
import { COMPARISONS, comparisonsFile, readLog } from "./comparisons";
import { groupOf } from "./reward-results";

const RUNS = "public/runs";
const index = JSON.parse(readFileSync(join(RUNS, "index.json"), "utf8"));
const curricula = JSON.parse(readFileSync("docs/results/curricula.json", "utf8"));
const rewards = existsSync("docs/results/rewards.json")
  ? JSON.parse(readFileSync("docs/results/rewards.json", "utf8"))
  : { rows: [] };

const eventsOf = ({ file }) =>
  readFileSync(join(RUNS, file), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe("recorded runs", () => {
  it("have random order beside them, same seed and same budget", () => {
    for (const entry of index) {
      if (["random", "uniform"].includes(entry.strategy)) continue;
      const beside = index.find(({ id }) => id === entry.compareWith);
      expect(beside, `${entry.id} has nothing beside it`).toBeDefined();
      const [own, other] = [entry, beside].map((e) => eventsOf(e)[0].config);
      expect(other.seed).toBe(own.seed);
      expect(other.budget).toEqual(own.budget);
      expect(other.data).toEqual(own.data);
    }
  });

  it.each(index.map((entry) => [entry.id, entry]))("agree with the results files: %s", (_, entry) => {
    const events = eventsOf(entry);
    const { config } = events[0];
    const evaluated = events.filter(({ type }) => type === "evaluated");
    expect(events.at(-1)).toMatchObject({ type: "run.finished", status: "done" });
    if (config.trainer.kind === "grpo") {
      const row = rewards.rows.find(({ strategy }) => strategy === groupOf(config));
      const at = row.seeds.indexOf(config.seed);
      expect(row.measures.test_accuracy_end.bySeed[at]).toBe(evaluated.at(-1).value);
      const variances = events.filter(({ type }) => type === "group.rolled").map(({ variance }) => variance);
      const mean = variances.reduce((sum, v) => sum + v, 0) / variances.length;
      expect(row.measures.mean_reward_variance.bySeed[at]).toBeCloseTo(mean, 12);
      return;
    }
    const row = curricula.rows.find(
      ({ pool, strategy }) =>
        config.data.train === `builtin:${pool}` && strategy === config.curriculum.strategy,
    );
    const at = row.seeds.indexOf(config.seed);
    expect(evaluated.map(({ value }) => value)).toEqual(row.accuracy.map(({ bySeed }) => bySeed[at]));
  });
});

describe("comparisons", () => {
  it("are those of the recorded logs", () => {
    expect(JSON.parse(readFileSync(COMPARISONS, "utf8"))).toEqual(comparisonsFile(stats));
  });

  it("count scoring, judging and rollouts as spent, testing and the warm start not", () => {
    const { tests, tokens, newPicks } = readLog([
      { type: "pool.loaded", train: [{ tags: ["C"] }, { tags: ["A"] }] },
      { type: "evaluated", step: 0, value: 0, items: "00", tokens: 999 },
      { type: "pool.scored", tokens: 100 },
      { type: "round.selected", picks: [{ sample: 0 }, { sample: 1 }] },
      { type: "step.judged", tokens: 10 },
      { type: "group.rolled", tokens: 5 },
      { type: "step.finished", step: 1, tokens: 3 },
      { type: "evaluated", step: 1, value: 0.5, items: "10", tokens: 999 },
    ]);
    expect(tests.map(({ steps, allTokens }) => [steps, allTokens])).toEqual([
      [0, 0],
      [1, 118],
    ]);
    expect(tokens).toEqual({ train: 3, choose: 110, rollout: 5 });
    expect(newPicks).toEqual([1]);
  });
});
