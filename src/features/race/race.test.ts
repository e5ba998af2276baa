// The race's verdicts: equal cost, every clock, and no winner from one seed.
import { describe, expect, it } from "vitest";
import { reduceRun } from "../../store/replay";
import { tinyLog } from "../../store/testing/log";
import type { EvaluationView } from "../../store/view";
import { raceSentence, resultAt, seedBand, verdict, type Pair } from "./race";

const test = (steps: number, allTokens: number, value: number, round = steps / 8): EvaluationView => ({
  round,
  step: steps,
  steps,
  trainTokens: steps * 100,
  allTokens,
  seconds: allTokens / 100,
  value,
  n: 100,
  interval: [value - 0.1, value + 0.1],
  items: "",
});

const edco = [test(0, 0, 0.2), test(8, 20_000, 0.6), test(16, 40_000, 0.9)];
const random = [test(0, 0, 0.2), test(8, 2_000, 0.3), test(16, 4_000, 0.5)];
const pair: Pair = { seed: 1, own: edco, other: random };

describe("verdict", () => {
  it("compares at the largest cost that both have spent", () => {
    expect(verdict("steps", [pair])).toMatchObject({
      leader: "own",
      difference: expect.closeTo(0.4, 9) as number,
    });
    // 4,000 tokens: EDCO has scored once and not trained; its last result is the one before training.
    expect(verdict("allTokens", [pair])).toMatchObject({
      leader: "other",
      difference: expect.closeTo(-0.3, 9) as number,
    });
  });
  it("calls a difference inside the test's own error level", () => {
    const near = edco.map((e) => ({ ...e, value: e.value + 0.02 }));
    expect(verdict("steps", [{ seed: 1, own: near, other: edco }])).toMatchObject({ leader: "level" });
  });
  it("says nothing before both were tested", () => {
    expect(verdict("steps", [{ seed: 1, own: edco, other: [] }])).toBeNull();
  });
  it("says whether every seed agrees", () => {
    const against: Pair = { seed: 2, own: random, other: edco };
    expect(verdict("steps", [pair, { ...pair, seed: 3 }])).toMatchObject({ seeds: 2, everySeed: true });
    expect(verdict("steps", [pair, against])).toMatchObject({ seeds: 2, everySeed: false, leader: "level" });
  });
  it("takes the newest result a budget pays for", () => {
    expect(resultAt(edco, "allTokens", 39_999)?.value).toBe(0.6);
    expect(resultAt(edco, "allTokens", 40_000)?.value).toBe(0.9);
  });
});

describe("raceSentence", () => {
  it("tells gain and cost, and names no winner from one seed", () => {
    const words = raceSentence([pair], "EDCO", "random order");
    expect(words).toContain("After round 2 EDCO answers 90 % of 100 test questions, random order 50 %.");
    expect(words).toContain(
      "by steps and training tokens EDCO is ahead; by all tokens and seconds random order is ahead",
    );
    expect(words).toContain("One seed: no winner yet.");
    expect(words).not.toMatch(/wins|winner is/);
  });
  it("works on a log", () => {
    const pairs = [
      { seed: 1, own: reduceRun(tinyLog()).evaluations, other: reduceRun(tinyLog("random")).evaluations },
    ];
    expect(raceSentence(pairs, "EDCO", "random order")).toContain("too close to call");
  });
});

describe("seedBand", () => {
  it("spans lowest to highest at the seeds' mean cost", () => {
    expect(seedBand([edco, random], "steps")[2]).toEqual({ x: 16, low: 0.5, high: 0.9, mean: 0.7 });
  });
});
