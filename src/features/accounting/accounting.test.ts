// The accounts add up: phases to rounds, rounds to the run, kernels to the step, and the trace says the same.
import { describe, expect, it } from "vitest";
import type { StepProfile } from "../../lib/profile";
import { reduceRun } from "../../log/fold";
import { tinyLog } from "../../log/testing/log";
import {
  ceilingSentence,
  memorySentence,
  phaseRates,
  roundTable,
  roundTimes,
  timeSentence,
} from "./accounting";
import { byKernel, chromeTrace, kernelTable, profileSentence, submissions } from "./profile";

describe("time", () => {
  const view = reduceRun(tinyLog());
  it("of a round is the time of its phases", () => {
    const times = roundTimes(view);
    expect(times.map(({ round, totalMs }) => [round, totalMs])).toEqual([
      [0, 400],
      [1, 2200],
      [2, 2200],
    ]);
    expect(times[1].ms).toMatchObject({ score: 1000, train: 1000, evaluate: 200 });
    expect(roundTable(times).rows[2]).toEqual(["round 2", "0.0", "1.0", "1.0", "0.2", "2.2"]);
  });
  it("of a phase that still runs counts up to the newest record", () => {
    expect(roundTimes(reduceRun(tinyLog(), 2000))[1]).toMatchObject({ ms: { train: 500 }, totalMs: 1500 });
  });
  it("has rates where there are tokens", () => {
    const rates = phaseRates(view);
    expect(rates.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    expect(rates.find(({ phase }) => phase === "train")).toMatchObject({ tokens: 200, tokensPerSecond: 100 });
    expect(rates.find(({ phase }) => phase === "load")).toMatchObject({
      tokens: null,
      tokensPerSecond: null,
    });
    expect(timeSentence(view)).toBe(
      "Scoring took 2.0 s (42 % of the time of the whole run, 300 tokens a second) and training took 2.0 s (42 % of the time of the whole run, 100 tokens a second).",
    );
  });
});

describe("the adapter", () => {
  it("is told as a share of what was measured, and says of what", () => {
    expect(ceilingSentence(1e9, 4e9)).toContain("2 GFLOP/s were sent to the GPU: 25.0 % of the 8 GFLOP/s");
    expect(ceilingSentence(null, 4e9)).toContain("8 GFLOP/s");
    expect(ceilingSentence(1e9, null)).toContain("is measured when");
  });
  it("holds bytes by purpose", () => {
    const created = { weights: 3e6, adapter: 5e5, moments: 1e6, activations: 5e5, scratch: 0, cache: 0 };
    expect(memorySentence(created)).toBe("5.0 MB are on the GPU, 60 % of it frozen weights.");
  });
});

describe("a timed step", () => {
  const kernel = (
    name: string,
    startMs: number,
    durationMs: number,
    multiplyAdds: number,
    submission: number,
  ) => ({
    kernel: name,
    startMs,
    durationMs,
    multiplyAdds,
    workgroups: [2, 3, 1] as const,
    submission,
  });
  const profile: StepProfile = {
    adapter: "test",
    stepMs: 20,
    untimed: 0,
    kernels: [kernel("a", 0, 2, 4e6, 0), kernel("b", 2, 1, 0, 0), kernel("a", 5, 5, 6e6, 1)],
  };
  it("adds up by kernel, longest first", () => {
    expect(byKernel(profile.kernels)).toEqual([
      { kernel: "a", calls: 2, ms: 7, multiplyAdds: 1e7, share: 7 / 8 },
      { kernel: "b", calls: 1, ms: 1, multiplyAdds: 0, share: 1 / 8 },
    ]);
    expect(kernelTable(profile, 1e10).rows).toEqual([
      ["a", 2, "7.000", "87.5 %", "2.86 GFLOP/s", "14.3 %"],
      ["b", 1, "1.000", "12.5 %", "not counted", ""],
    ]);
  });
  it("knows its submissions from first kernel to last", () => {
    expect(submissions(profile.kernels)).toEqual([
      { submission: 0, startMs: 0, durationMs: 3, calls: 2 },
      { submission: 1, startMs: 5, durationMs: 5, calls: 1 },
    ]);
    expect(profileSentence(profile)).toBe(
      "3 kernels took 8.00 ms; a alone 88 % of it. The longest submission held the GPU for 5.00 ms.",
    );
  });
  it("is a trace with every kernel in µs", () => {
    const { traceEvents } = JSON.parse(chromeTrace(profile)) as {
      traceEvents: { ph: string; cat?: string; ts?: number; dur?: number; name: string }[];
    };
    const kernels = traceEvents.filter(({ cat }) => cat === "kernel");
    expect(kernels.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ["a", 0, 2000],
      ["b", 2000, 1000],
      ["a", 5000, 5000],
    ]);
    expect(traceEvents.filter(({ cat }) => cat === "submission")).toHaveLength(2);
    expect(traceEvents.every(({ ph }) => ph === "X" || ph === "M")).toBe(true);
  });
});
