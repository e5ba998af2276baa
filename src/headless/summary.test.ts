// The summary against a log whose outcome is known line by line.
import { describe, expect, it } from "vitest";
import { METIS_LOG, SFT_LOG } from "./sampleLog";
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

it("judgments: parsed share, error and rank correlation", () => {
  const summary = summarize(METIS_LOG, bytes);
  expect(summary.judge?.parsed).toBe(0.75);
  expect(summary.judge?.mae).toBeCloseTo((0.05 + 0.1 + 0.0375) / 3, 12);
  expect(summary.judge?.spearman).toBeCloseTo(1, 12);
  expect(summary.rewards).toEqual([0.75, 0.5]);
});

it("rank correlation handles ties and sides that do not vary", () => {
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  expect(rankCorrelation([1, 1, 2], [5, 5, 9])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 1], [1, 2])).toBeNull();
  expect(rankCorrelation([], [])).toBeNull();
});
