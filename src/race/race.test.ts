// race.json from logs whose costs are known by hand: what the budget paid for, differences, and what a run did to skills.
import { describe, expect, it } from "vitest";
import { begun, scored, tested, trained } from "./testing/log";
import { multiplicity, raceFile, type RaceInput } from "./race";
import { raceReport } from "../headless/race/report";
import { cutAtTokens, factsOf, raceRun, runExtras, type RaceRun } from "./runs";

const step = (at: number, samples: number[], tokens = 10) => trained(at, samples, tokens);
const start = begun(["a", "b", "c", "d"], 4);
/** Scores for 100 tokens, then trains steps of 10, testing after each; scores again for 100 after two. */
const log = [
  ...start,
  tested(0, "1100"),
  scored(100, [0, 0, 0, 0]),
  step(1, [0, 1]),
  tested(1, "1010"),
  step(2, [1, 3]),
  tested(2, "1111"),
  scored(100, [0, 0, 0, 0]),
  step(3, [3, 3]),
  tested(3, "0111"),
];
const tests = (cost: "steps" | "trainTokens" | "tokens", budget: number) =>
  raceRun("edco", 1, log, { cost, budget }).evaluations.map(({ step, tokens }) => [step, tokens]);

describe("a run of equal steps at equal tokens", () => {
  const whole = raceRun("edco", 1, log, { cost: "steps", budget: 3 });
  const at = (budget: number) => {
    const { step, trainTokens, tokens, value } = cutAtTokens(whole, budget).evaluations.at(-1)!;
    return [step, trainTokens, tokens, value];
  };

  it("moves in a straight line while it trains, and stays while it chooses", () => {
    // Tests at 0, 110, 120 and 230 tokens: 50, 50, 100 and 75 %; each is followed by 100 of choosing but the second.
    expect(at(60)).toEqual([0, 0, 60, 0.5]);
    expect(at(115)).toEqual([1, 15, 115, 0.75]);
    expect(at(200)).toEqual([2, 20, 200, 1]);
    expect(at(225)).toEqual([2, 25, 225, 0.875]);
  });

  it("is whole where the budget reaches as far, and at a test it is that test", () => {
    expect(at(1000)).toEqual([3, 30, 230, 0.75]);
    expect(at(120)).toEqual([2, 20, 120, 1]);
  });
});

describe("what a budget paid for", () => {
  it("counts scoring only where all tokens are the cost", () => {
    expect(tests("tokens", 1000)).toEqual([
      [0, 0],
      [1, 110],
      [2, 120],
      [3, 230],
    ]);
  });
  it("keeps the step that crosses the line and none that began behind it", () => {
    expect(tests("tokens", 115)).toEqual([
      [0, 0],
      [1, 110],
      [2, 120],
    ]);
    // 120 spent, 100 for scoring: nothing was left when step 3 began.
    expect(tests("tokens", 200).at(-1)).toEqual([2, 120]);
    expect(tests("tokens", 100)).toEqual([[0, 0]]);
    expect(tests("trainTokens", 25).at(-1)).toEqual([3, 230]);
    expect(tests("steps", 2).at(-1)).toEqual([2, 120]);
  });
});

describe("what a run did", () => {
  const rows = {
    train: ["known", "learnable", "learnable", "noise"].map((truth) => factsOf({ truth, skill: "s" })),
    test: ["x", "x", "y", "y"].map((skill) => factsOf({ skill })),
  };
  const extras = runExtras("edco", 1, log, rows);
  it("tells skills, forgetting, coverage and noise", () => {
    expect(extras.bySkill).toEqual({ x: { n: 2, before: 1, end: 0.5 }, y: { n: 2, before: 0, end: 1 } });
    expect(extras.forgetting).toEqual({ rightBefore: 2, lost: 1 });
    expect(extras.coverage).toBe(3 / 4);
    expect(extras.noiseTrained).toBe(3 / 6);
    expect(extras.spent).toEqual({
      steps: 3,
      trainTokens: 30,
      tokens: 230,
      seconds: expect.any(Number) as number,
    });
  });
  it("says null where the files say nothing", () => {
    expect(runExtras("edco", 1, log, null)).toMatchObject({ bySkill: null, noiseTrained: null });
  });
  it("reads truth from its column, else from the tier of a built-in pool", () => {
    expect(factsOf({ truth: "noise", tier: "A" }).truth).toBe("noise");
    expect(["A", "B", "C", "D", "N"].map((tier) => factsOf({ tier }).truth)).toEqual([
      "known",
      "learnable",
      "learnable",
      null,
      "noise",
    ]);
    expect(factsOf({})).toEqual({ skill: null, truth: null });
  });
});

/** A run that has `value` right after 0, 50 and 100 tokens. */
const run = (strategy: string, seed: number, values: number[]): RaceRun => ({
  strategy,
  seed,
  evaluations: values.map((value, i) => ({
    step: i,
    trainTokens: 50 * i,
    tokens: 50 * i,
    seconds: i,
    value,
  })),
});
const input = (runs: RaceRun[]): RaceInput => ({
  cost: "tokens",
  budget: 100,
  threshold: 0.7,
  against: "random",
  pool: { name: "p", hash: "a" },
  test: { n: 10, hash: "b" },
  runs,
  extras: [],
  missing: [],
});
const three = [0.1, 0.2, 0.3].flatMap((gain, i) => [
  run("random", i, [0, 0.4, 0.6]),
  run("edco", i, [0, 0.4 + gain, 0.6 + gain]),
]);

describe("race.json", () => {
  it("pairs by seed: end, area and time to a share", () => {
    const { pairs } = raceFile(input(three));
    expect(pairs.map(({ measure }) => measure)).toEqual(["end", "area", "timeTo:0.7"]);
    const [end, area, time] = pairs;
    // Differences .1, .2, .3: mean .2, standard error .1/√3, t(2) = 4.30265.
    expect(end).toMatchObject({ strategy: "edco", against: "random", seeds: 3 });
    expect(end.difference).toBeCloseTo(0.2, 12);
    expect(end.interval![0]).toBeCloseTo(0.2 - (4.30265273 * 0.1) / Math.sqrt(3), 6);
    // Trapezoids of a gap 0, g, g over 100 tokens: 3/4 g.
    expect(area.difference).toBeCloseTo(0.15, 12);
    // 0.7 after 100 tokens with gains .1 and .2, after 50 with .3; random order never: the whole budget.
    expect(time.difference).toBeCloseTo(-50 / 3, 12);
  });
  it("says how many got to the share, and nothing where nobody did", () => {
    const { more } = raceFile(input(three));
    expect(more.pairs[2].reached).toEqual({ strategy: 3, against: 0 });
    const low = raceFile(input([run("random", 1, [0, 0.1, 0.2]), run("edco", 1, [0, 0.1, 0.3])]));
    expect(low.pairs[2]).toMatchObject({ difference: null, interval: null, seeds: 0 });
  });
  it("has no interval from one seed and no pair without a common one", () => {
    const one = raceFile(input(three.slice(0, 2)));
    expect(one.pairs[0]).toMatchObject({ interval: null, seeds: 1 });
    const none = raceFile(input([run("random", 1, [0]), run("edco", 2, [0])]));
    expect(none.pairs.map(({ difference, seeds }) => [difference, seeds])).toEqual(Array(3).fill([null, 0]));
  });
  it("counts a comparison in which all seeds differ by the same, though it has no p", () => {
    // 70 % after 50 tokens with every seed, never in random order: −50 thrice.
    const { pairs, more } = raceFile(
      input(
        [1, 2, 3].flatMap((i) => [run("random", i, [0, 0.1, 0.2]), run("edco", i, [0, 0.7, 0.7 + i / 50])]),
      ),
    );
    expect(pairs[2]).toMatchObject({ difference: -50, interval: [-50, -50], seeds: 3 });
    expect(more.pairs[2]).toMatchObject({ p: null, pHolm: null });
    expect(more.multiplicity).toMatch(/^3 comparisons/);
    const [end, area] = more.pairs;
    const smallest = end.p! < area.p! ? end : area;
    expect(smallest.pHolm).toBeCloseTo(3 * smallest.p!, 12);
  });
  it("says how many comparisons there are", () => {
    expect(raceFile(input(three)).more.multiplicity).toMatch(/^3 comparisons against random order/);
    expect(multiplicity([{ interval: null, pHolm: null }])).toContain("nothing is tested");
    expect(multiplicity([{ interval: [1, 2], pHolm: 0.002 }])).toContain("1 has p < 0.05");
  });
});

describe("report.html", () => {
  const html = raceReport(raceFile(input(three)), { against: "random", threshold: 0.7, rewards: false });
  it("has a row a comparison, a picture an order and a link a run", () => {
    expect(html.match(/<figure>/g)).toHaveLength(1);
    expect(html).toContain("EDCO − random order: +15.0 points on the way [");
    expect(html.match(/report\.html"/g)).toHaveLength(6);
    expect(html.match(/<td>EDCO<\/td>/g)).toHaveLength(3 + 3);
    expect(html).not.toMatch(/https?:(?!\/\/www\.w3\.org)/);
  });
  it("escapes what comes from files", () => {
    const evil = raceFile({ ...input(three), pool: { name: "<script>", hash: "a" } });
    expect(raceReport(evil, { against: "random", threshold: 0.7, rewards: false })).not.toContain("<script>");
  });
});
