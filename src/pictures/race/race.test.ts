// The race's verdicts: equal cost, every clock, and no winner from one seed.
import { describe, expect, it } from "vitest";
import { reduceRun } from "../../log/fold";
import { tinyLog } from "../../log/testing/log";
import type { EvaluationView, RunView } from "../../log/view";
import { lossDomain } from "../first/learning";
import { fieldOf } from "./pairs";
import {
  besideText,
  raceSentence,
  resultAt,
  seedBand,
  verdict,
  verdictNote,
  verdictText,
  wayText,
  type Pair,
} from "./race";

const test = (steps: number, allTokens: number, value: number, round = steps / 8): EvaluationView => ({
  round,
  step: steps,
  steps,
  trainTokens: steps * 100,
  allTokens,
  seconds: allTokens / 100,
  metric: "accuracy",
  value,
  n: 100,
  interval: [value - 0.1, value + 0.1],
  items: "",
});

const edco = [test(0, 0, 0.2), test(8, 20_000, 0.6), test(16, 40_000, 0.9)];
const random = [test(0, 0, 0.2), test(8, 2_000, 0.3), test(16, 4_000, 0.5)];
const pair: Pair = { seed: 1, own: edco, other: random };

/** Evaluations with items: the first `value · 100` of 100 questions right. */
const withItems = (list: readonly EvaluationView[]): EvaluationView[] =>
  list.map((e) => ({ ...e, items: "1".repeat(Math.round(e.value * e.n)).padEnd(e.n, "0") }));
/** Three seeds, EDCO about 40 points ahead by steps and 30 behind by all tokens. */
const three: Pair[] = [0, 0.01, 0.02].map((more, i) => ({
  seed: i + 1,
  own: withItems(edco.map((e) => ({ ...e, value: e.step === 16 ? e.value + more : e.value }))),
  other: withItems(random.map((e) => ({ ...e, value: e.step === 0 ? e.value : e.value - more }))),
}));

describe("the loss", () => {
  it("has a plain axis before the first step, and zero in sight after it", () => {
    expect(lossDomain([])).toEqual([0, 1]);
    expect(lossDomain([0.2, 2.6])).toEqual([0, 3]);
    expect(lossDomain([-0.02, 0.01])[0]).toBeLessThan(0);
  });
});

describe("seconds", () => {
  const run = reduceRun(tinyLog());
  const on = (environment: RunView["environment"]): RunView => ({ ...run, environment, evaluations: edco });
  const quiet = { browser: "Chromium", adapter: "software" };
  const clocks = (own: RunView, other: RunView) => {
    const { pairs } = fieldOf(own, "random", other, []);
    return [verdict("seconds", pairs), verdict("steps", pairs)].map((found) => found !== null);
  };

  it("are compared on one device that did nothing else", () => {
    expect(clocks(on(quiet), on(quiet))).toEqual([true, true]);
  });

  it("are not compared across devices, nor where one machine did other work: steps still are", () => {
    expect(clocks(on(quiet), on({ ...quiet, adapter: "other" }))).toEqual([false, true]);
    expect(clocks(on(quiet), on({ ...quiet, otherWork: true }))).toEqual([false, true]);
    const { pairs } = fieldOf(on({ ...quiet, otherWork: true }), "random", on(quiet), []);
    expect(pairs[0].unevenSeconds).toContain("did other work");
    expect(raceSentence(pairs, "EDCO", "random order", "seconds")).not.toContain("seconds");
  });
});

describe("orders beside the two", () => {
  const run = reduceRun(tinyLog());
  const of = (seed: number, evaluations: EvaluationView[]): RunView => ({ ...run, seed, evaluations });
  const seeds = [2, 1].map((seed) => ({ strategy: "scout", seed, view: of(seed, withItems(edco)) }));

  it("are paired with the baseline by seed, up to the step that the page has reached", () => {
    const until = of(1, edco.slice(0, 2));
    const { beside } = fieldOf(until, "random", of(1, random), seeds);
    expect(beside.map(({ strategy, pairs }) => [strategy, pairs.map(({ seed }) => seed)])).toEqual([
      ["scout", [1, 2]],
    ]);
    expect(beside[0].pairs.map(({ own, other }) => [own.length, other.length])).toEqual([
      [2, 3],
      [2, 0],
    ]);
  });

  it("are told with their interval and who is ahead; one seed names nobody", () => {
    expect(besideText([{ strategy: "scout", pairs: three }], "random order", "steps")).toMatch(
      /^At the end scout − random order by steps \+42\.0 points .*: scout is ahead\. Mean accuracy on the way: \+\d/,
    );
    expect(besideText([{ strategy: "scout", pairs: three.slice(0, 1) }], "random order", "steps")).toContain(
      "one seed names no winner.",
    );
    expect(
      besideText([{ strategy: "scout", pairs: [{ ...pair, other: [] }] }], "random order", "steps"),
    ).toBe("");
  });
});

describe("verdict", () => {
  it("compares at the largest cost that both have spent", () => {
    expect(verdict("steps", three)).toMatchObject({
      leader: "own",
      difference: expect.closeTo(0.42, 9) as number,
    });
    // 4,000 tokens: EDCO has scored once and not trained; its last result is the one before training.
    expect(verdict("allTokens", three)).toMatchObject({
      leader: "other",
      difference: expect.closeTo(-0.29, 9) as number,
    });
  });
  it("names no leader from one seed, and says what McNemar's test says", () => {
    const found = verdict("steps", [{ seed: 1, own: withItems(edco), other: withItems(random) }])!;
    expect(found).toMatchObject({ leader: "level", difference: expect.closeTo(0.4, 9) as number, seeds: 1 });
    expect(found.comparison.mcnemar).toMatchObject({ n: 100, onlyOwn: 40, onlyOther: 0 });
    expect(verdictNote(found, "EDCO", "random order")).toBe("+40 points, one seed");
  });
  it("calls level what seeds do not share, where two independent shares would have named a leader", () => {
    const spread = [0.3, 0.17, 0.42].map((gap, i) => ({
      seed: i,
      own: withItems([test(0, 0, 0.2), test(24, 10, 0.5 + gap)]),
      other: withItems([test(0, 0, 0.2), test(24, 10, 0.5)]),
    }));
    const found = verdict("steps", spread)!;
    expect(found).toMatchObject({ leader: "level", everySeed: true });
    expect(verdictNote(found, "EDCO", "random order")).toBe("too close to call");
    expect(verdictText(found)).toMatch(
      /^by steps \+29\.7 points \[−1\.4, 60\.7\], paired t over 3 seeds and 100/,
    );
  });
  it("measures the area between the curves", () => {
    // Steps 0, 8, 16: differences 0, .3, .4: mean (.15 + .35) / 2.
    expect(verdict("steps", [pair])?.area?.mean).toBeCloseTo(0.25, 9);
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
  it("tells gain and cost with test, n and interval", () => {
    const words = raceSentence(three, "EDCO", "random order", "allTokens");
    expect(words).toContain(
      "After round 2 EDCO answers 91 % of 100 test questions, random order 49 % (mean of 3 seeds).",
    );
    expect(words).toContain(
      "by steps and training tokens EDCO is ahead; by all tokens and seconds random order is ahead",
    );
    expect(words).toMatch(/EDCO − random order by all tokens −29\.0 points \[.*\], paired t over 3 seeds/);
  });
  it("names no one ahead from one seed", () => {
    const words = raceSentence(
      [{ seed: 1, own: withItems(edco), other: withItems(random) }],
      "EDCO",
      "random order",
    );
    expect(words).toContain("EDCO − random order by steps +40.0 points");
    expect(words).toContain("McNemar’s exact test on 100 questions of one seed (40 against 0), p < 0.001");
    expect(words).toContain("One seed names no winner");
    expect(words).not.toMatch(/ahead|wins|winner is/);
  });
  it("works on a log", () => {
    const pairs = [
      { seed: 1, own: reduceRun(tinyLog()).evaluations, other: reduceRun(tinyLog("random")).evaluations },
    ];
    expect(raceSentence(pairs, "EDCO", "random order")).toContain("too close to call");
  });
});

describe("wayText", () => {
  it("tells the area between the curves and what a share had cost", () => {
    expect(wayText(three, "steps", "EDCO", "random order")).toMatch(
      /^Mean accuracy up to the steps both have spent: EDCO − random order \+26\.0 points \[.*\], paired t over 3 seeds\. 80 % right: EDCO after 16, 16 and 16, random order not yet\.$/,
    );
    expect(wayText([pair], "allTokens", "EDCO", "random order", 0.5)).toContain(
      "one seed. 50 % right: EDCO after 20k, random order after 4,000.",
    );
  });
  it("says nothing before anything was spent", () => {
    const start: Pair = { seed: 1, own: edco.slice(0, 1), other: random };
    expect(wayText([start], "steps", "EDCO", "random order")).toBe("");
  });
});

describe("seedBand", () => {
  it("spans lowest to highest at the seeds' mean cost", () => {
    expect(seedBand([edco, random], "steps")[2]).toEqual({ x: 16, low: 0.5, high: 0.9, mean: 0.7 });
  });
});
