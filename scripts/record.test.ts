// The page's recorded runs and the results files must tell the same story: both come from the same finished runs.
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as stats from "../src/curriculum/paired";
import { resolveConfig } from "../src/config/resolve";
import type { ResolvedConfig } from "../src/config/tree";
import type { RunEvent, RunEventOf } from "../src/lib/events";
import { there } from "./claims/words";
import { COMPARISONS, comparisonsFile, readLog, recordedEvents, recordedIndex } from "./comparisons";
import { readJson } from "./json";
import type { Curricula, Rewards } from "./results";
import { groupOf } from "./reward-results";

const index = recordedIndex();
const curricula = readJson<Curricula>("docs/results/curricula.json");
const rewards: Pick<Rewards, "rows"> = existsSync("docs/results/rewards.json")
  ? readJson("docs/results/rewards.json")
  : { rows: [] };

const configOf = (events: RunEvent[]) => (events[0] as RunEventOf<"run.started">).config as ResolvedConfig;

describe("recorded runs", () => {
  it("have random order beside them, same seed and same budget", () => {
    for (const entry of index) {
      if (["random", "uniform"].includes(entry.strategy)) continue;
      const beside = index.find(({ id }) => id === entry.compareWith);
      expect(beside, `${entry.id} has nothing beside it`).toBeDefined();
      const [own, other] = [entry, there(beside)].map((e) => configOf(recordedEvents(e)));
      expect(other.seed).toBe(own.seed);
      // Limits that came later than a recording were off in it.
      expect(resolveConfig(other).budget).toEqual(resolveConfig(own).budget);
      expect(resolveConfig(other).data).toEqual(resolveConfig(own).data);
    }
  });

  it.each(index.map((entry) => [entry.id, entry] as const))(
    "agree with the results files: %s",
    (_, entry) => {
      const events = recordedEvents(entry);
      const config = configOf(events);
      const evaluated = events.filter((event) => event.type === "evaluated");
      expect(events.at(-1)).toMatchObject({ type: "run.finished", status: "done" });
      if (config.trainer.kind === "grpo") {
        const row = there(rewards.rows.find(({ strategy }) => strategy === groupOf(config)));
        const at = row.seeds.indexOf(config.seed);
        expect(row.measures.test_accuracy_end.bySeed[at]).toBe(evaluated.at(-1)?.value);
        const variances = events
          .filter((event) => event.type === "group.rolled")
          .map(({ variance }) => variance);
        const mean = variances.reduce((sum, v) => sum + v, 0) / variances.length;
        expect(row.measures.mean_reward_variance.bySeed[at]).toBeCloseTo(mean, 12);
        return;
      }
      const row = there(
        curricula.rows.find(
          ({ pool, strategy }) =>
            config.data.train === `builtin:${pool}` && strategy === config.curriculum.strategy,
        ),
      );
      const at = row.seeds.indexOf(config.seed);
      expect(evaluated.map(({ value }) => value)).toEqual(row.accuracy.map(({ bySeed }) => bySeed[at]));
    },
  );
});

describe("comparisons", () => {
  it("are those of the recorded logs", () => {
    expect(readJson(COMPARISONS)).toEqual(comparisonsFile(stats));
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
    ] as unknown as RunEvent[]);
    expect(tests.map(({ steps, allTokens }) => [steps, allTokens])).toEqual([
      [0, 0],
      [1, 118],
    ]);
    expect(tokens).toEqual({ train: 3, choose: 110, rollout: 5 });
    expect(newPicks).toEqual([1]);
  });
});
