// One table says what a run costs: held to the sums that the trainer writes at the end of a log.
import { describe, expect, it } from "vitest";
import { reduceRun } from "./fold";
import { Outline } from "./outline";
import { costOf, costPhases, countsAsCost, phases, tokensOf } from "./phases";
import { tinyLog } from "./testing/log";

describe("what a run costs", () => {
  it("is choosing and learning, neither testing nor housekeeping", () => {
    expect(costPhases).toEqual(["score", "judge", "rollout", "train"]);
    expect(phases.filter((phase) => countsAsCost({ phase, round: 1 }))).toEqual(costPhases);
    expect(countsAsCost({ phase: "train", round: 0 })).toBe(false);
  });
  it("adds up to the run's own record", () => {
    const end = tinyLog().at(-1);
    if (end?.type !== "run.finished") throw new Error("the log ends with its sums");
    const view = reduceRun(tinyLog());
    expect(view.tokens).toEqual(end.tokens);
    expect(view.sums).toMatchObject({ tokens: end.tokens, secondsMs: end.secondsMs });
    expect(costOf(view.spentMs)).toBe(costOf(end.secondsMs));
  });
  it("is told alike by the fold and by the outline, forecasts of a probe left out", () => {
    const probe = {
      type: "forecasts.probed" as const,
      round: 1,
      step: 1,
      by: "words" as const,
      samples: [],
      forecasts: [],
      variances: [],
      tokens: 999,
      elapsedMs: 5,
      atMs: 4600,
    };
    const log = [...tinyLog().slice(0, -1), probe];
    const outline = new Outline();
    log.forEach((event) => outline.add(event));
    expect(tokensOf(probe)).toEqual({ phase: "evaluate", tokens: 999 });
    expect(outline.spent.allTokens).toBe(costOf(reduceRun(log).tokens));
    expect(outline.spent.allTokens).toBe(800);
  });
});
