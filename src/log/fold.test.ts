// The reducer against a log whose numbers can be checked by eye.
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../lib/events";
import { reduceRun, spentBy } from "./fold";
import { Outline } from "./outline";
import { tinyLog } from "./testing/log";

describe("reduceRun", () => {
  const view = reduceRun(tinyLog());

  it("keeps scores by round, and unscored is not zero", () => {
    expect(view.rounds).toHaveLength(2);
    expect(Array.from(view.rounds[0].scores ?? [])).toEqual([0.2, 2, 1, 0.5, NaN, 0.1].map(Math.fround));
  });

  it("marks picks and the round of the first pick", () => {
    expect(Array.from(view.rounds[1].picked ?? [])).toEqual([1, 0, 1, 0, 0, 0]);
    expect(Array.from(view.firstPick)).toEqual([2, 1, 1, 0, 0, 0]);
  });

  it("counts what was spent on choosing and learning, not on testing", () => {
    const [before, first, last] = view.evaluations;
    expect(before).toMatchObject({ steps: 0, trainTokens: 0, allTokens: 0, seconds: 0, value: 0.25 });
    // One scoring of 300 tokens and 1 s, two steps of 50 tokens and 0.5 s.
    expect(first).toMatchObject({ steps: 2, trainTokens: 100, allTokens: 400, seconds: 2, value: 0.75 });
    expect(last).toMatchObject({ steps: 4, trainTokens: 200, allTokens: 800, seconds: 4, value: 1 });
  });

  it("adds up the time of each phase as the run's own record does", () => {
    const end = tinyLog().at(-1);
    expect(end?.type === "run.finished" && end.secondsMs).toEqual(view.spentMs);
    expect(view.status).toBe("done");
  });

  it("does not charge a comparison of estimators to the run", () => {
    const late = 1000;
    const log = tinyLog().flatMap((event) => {
      const moved =
        event.atMs > 1400 || event.type === "round.selected" ? { ...event, atMs: event.atMs + late } : event;
      if (event.type === "phase.started" && event.phase === "train" && event.round === 1)
        return [{ ...event, atMs: event.atMs + late }];
      if (event.type !== "pool.scored" || event.round !== 1) return [moved];
      return [event, { type: "estimators.compared" as const, round: 1, rows: [], atMs: 1400 + late }];
    });
    const compared = reduceRun(log);
    expect(compared.spentMs).toEqual(view.spentMs);
    expect(compared.evaluations.map((e) => e.seconds)).toEqual(view.evaluations.map((e) => e.seconds));
    const outline = new Outline();
    log.forEach((event) => outline.add(event));
    expect(outline.spent.seconds).toBeCloseTo(4, 9);
  });

  it("parts a reinforcement step as it says itself, and charges neither warm start nor looking", () => {
    const phase = (name: "train" | "evaluate", round: number, atMs: number): RunEvent => ({
      type: "phase.started",
      phase: name,
      round,
      step: 0,
      atMs,
    });
    const step: RunEvent = {
      type: "step.finished",
      round: 1,
      step: 1,
      samples: [0],
      loss: 0.1,
      tokens: 50,
      lr: 0.002,
      gradNorm: 1,
      skipped: false,
      elapsedMs: 1000,
      partsMs: { judge: 200, rollout: 300, train: 400 },
      atMs: 2500,
    };
    const log = [phase("train", 0, 0), phase("train", 1, 1500), step, phase("evaluate", 1, 2600)];
    const view = reduceRun(log);
    expect(view.spentMs).toMatchObject({ judge: 200, rollout: 300, train: 500 });
    expect(spentBy(view, 2600).seconds).toBe(1);
    const outline = new Outline();
    log.forEach((event) => outline.add(event));
    expect(outline.spent.seconds).toBeCloseTo(1, 9);
    expect([view.steps.judgeMs.at(0), view.steps.rolloutMs.at(0), view.steps.trainMs.at(0)]).toEqual([
      200, 300, 400,
    ]);
  });

  it("stops at the playhead", () => {
    const early = reduceRun(tinyLog(), 1999);
    expect(early.steps.loss.length).toBe(1);
    expect(early.evaluations).toHaveLength(1);
    expect(early.status).toBe("running");
  });

  it("gives the same view however the log is cut", () => {
    const whole = { ...reduceRun(tinyLog()), version: null };
    const parts = { ...reduceRun([...tinyLog().slice(0, 7), ...tinyLog().slice(7)]), version: null };
    expect(parts).toEqual(whole);
  });

  it("raises the version of the topics that have news, and of no other", () => {
    const before = reduceRun(tinyLog().slice(0, 8));
    const after = reduceRun(tinyLog().slice(0, 8));
    expect(after.version.picks).toBeGreaterThan(before.version.picks);
    expect(after.version.groups).toBe(0);
  });
});
