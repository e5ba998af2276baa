// The summary against a log whose outcome is known line by line.
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../lib/events";
import { IDENTITY, METIS_LOG, SFT_LOG } from "./sampleLog";
import { rankCorrelation, summarize } from "./summary";

const bytes = { planned: 10, created: 11 };

describe("a finished run", () => {
  const summary = summarize(SFT_LOG, bytes);
  it("says what came out", () => {
    expect(summary.status).toBe("done");
    expect(summary.reason).toBeUndefined();
    expect(summary.before).toEqual({ metric: "accuracy", value: 0, n: 2, interval: [0, 0.66] });
    expect(summary.after?.value).toBe(0.5);
    expect(summary.evaluations).toEqual([
      { step: 0, value: 0 },
      { step: 2, value: 0.5 },
    ]);
    expect(summary.losses).toEqual([2.5, 1.5]);
  });
  it("says what the run was made of, where the log does", () => {
    expect("identity" in summary).toBe(false);
    const [started, ...rest] = SFT_LOG;
    const log = [{ ...started, identity: IDENTITY } as RunEvent, ...rest];
    expect(summarize(log, bytes).identity).toEqual(IDENTITY);
  });
  it("names the picked samples and how well the scores fit full-length ones", () => {
    expect(summary.rounds.map((r) => r.picked)).toEqual([
      ["b", "d"],
      ["c", "b"],
    ]);
    expect(summary.rounds.map((r) => r.spearmanWithFull)).toEqual([0.75, null]);
    expect(summary.estimators).toEqual([
      { round: 1, estimator: "prefix-8", tokens: 32, seconds: 0.009, spearmanWithFull: 0.75, n: 4 },
    ]);
  });
  it("counts tokens and seconds", () => {
    expect(summary.tokens.score).toBe(64);
    expect(summary.seconds).toEqual({ load: 1.5, score: 2, judge: 0, rollout: 0, train: 3, evaluate: 0.5 });
    expect(summary.gpuBytes).toEqual(bytes);
  });
  it("has no judge and no rewards", () => {
    expect("judge" in summary).toBe(false);
    expect("rewards" in summary).toBe(false);
  });
});

it("a log that breaks off is a failure, and its tokens are still counted", () => {
  const summary = summarize(SFT_LOG.slice(0, 8), bytes);
  expect(summary.status).toBe("failed");
  expect(summary.reason).toContain("before it was finished");
  expect(summary.tokens).toMatchObject({ score: 32, train: 18, evaluate: 8 });
  expect(summary.after).toBeNull();
});

it("a failure says why", () => {
  const summary = summarize(
    [...SFT_LOG.slice(0, 8), { type: "run.failed", atMs: 9, code: "gpu-lost", reason: "lost", hint: "" }],
    bytes,
  );
  expect(summary).toMatchObject({ status: "failed", reason: "lost" });
});

it("a stopped run is stopped, not done", () => {
  const events = SFT_LOG.map((e) => (e.type === "run.finished" ? { ...e, status: "stopped" as const } : e));
  expect(summarize(events, bytes).status).toBe("stopped");
});

it("picks drawn at random among equals are counted where the log notes them", () => {
  expect("randomTies" in summarize(METIS_LOG, bytes)).toBe(false);
  const [first, second] = [2, 0];
  let step = 0;
  const noted = [...METIS_LOG, ...METIS_LOG.filter((e) => e.type === "step.judged")].map((event) =>
    event.type === "step.judged" ? { ...event, byLot: step++ === 0 ? first : second } : event,
  );
  const selected = noted.reduce((sum, e) => sum + (e.type === "step.judged" ? e.selected.length : 0), 0);
  expect(summarize(noted, bytes).randomTies).toEqual({ picks: 2, selected, tiedSteps: 1, steps: step });
});

it("judgments: parsed share, error and rank correlation", () => {
  const summary = summarize(METIS_LOG, bytes);
  expect(summary.judge?.parsed).toBe(0.75);
  expect(summary.judge?.mae).toBeCloseTo((0.05 + 0.1 + 0.0375) / 3, 12);
  expect(summary.judge?.spearman).toBeCloseTo(1, 12);
  expect(summary.rewards).toEqual([0.75, 0.5]);
});

it("groups: how much there was to learn from", () => {
  expect(summarize(METIS_LOG, bytes).groups).toEqual({
    count: 4,
    meanVariance: (0.25 + 0 + 0.1875 + 0.1875) / 4,
    zeroVarianceShare: 0.25,
  });
  expect("groups" in summarize(SFT_LOG, bytes)).toBe(false);
});

it("forecasts off selection: read share, rank correlation, error beside the best constant's", () => {
  const probe: RunEvent = {
    type: "forecasts.probed",
    atMs: 30,
    round: 1,
    step: 2,
    by: "words",
    samples: [3, 1, 2, 0],
    forecasts: [0.1, null, 0.2, 0.25],
    variances: [0, 0.25, 0.1, 0.2],
    tokens: 70,
    elapsedMs: 5,
  };
  const summary = summarize([...METIS_LOG, probe], bytes);
  expect(summary.offSelection).toHaveLength(1);
  const [row] = summary.offSelection!;
  expect(row).toMatchObject({ step: 2, by: "words", n: 4, parsed: 0.75 });
  expect(row.spearman).toBeCloseTo(1, 12);
  expect(row.mae).toBeCloseTo((0.1 + 0.1 + 0.05) / 3, 12);
  expect(row.constantMae).toBeCloseTo((0.15 + 0.1 + 0.05 + 0.05) / 4, 12);
  expect(row.meanVariance).toBeCloseTo(0.1375, 12);
  expect(summary.tokens.evaluate).toBe(70);
});

it("rank correlation handles ties and sides that do not vary", () => {
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  expect(rankCorrelation([1, 1, 2], [5, 5, 9])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 1], [1, 2])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
});
