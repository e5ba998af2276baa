// The second implementation beside the lab: areas worked out by hand, who lies apart, and what is said where only one of
// both has run.
import { describe, expect, it } from "vitest";
import { raceFile } from "./race";
import { ABOUT_SECOND, secondRows, secondText, type SecondRun } from "./second";

const run = (strategy: string, seed: number, end: number, choosing = 0): SecondRun => ({
  pool: "pool",
  strategy,
  seed,
  torch: "2",
  curve: [
    [0, 0, 0, 0.2],
    [10, choosing + 100, 100, end],
  ],
});
const runs = [1, 2, 3].flatMap((seed) => [
  run("random", seed, 0.4 + 0.01 * seed),
  run("scout", seed, 0.6 + 0.01 * seed),
  run("edco", seed, 0.8 + 0.01 * seed, 50),
]);

/** The lab's race of 10 steps with these ends, a straight line from 0.2. */
const labOf = (ends: Record<string, number[]>) =>
  raceFile({
    cost: "steps",
    budget: 10,
    threshold: 0.7,
    against: "random",
    pool: { name: "pool", hash: "" },
    test: { n: 10, hash: "" },
    runs: Object.entries(ends).flatMap(([strategy, values]) =>
      values.map((value, i) => ({
        strategy,
        seed: i + 1,
        evaluations: [0, 10].map((step) => ({
          step,
          trainTokens: 10 * step,
          tokens: 10 * step,
          seconds: 0,
          value: step === 0 ? 0.2 : value,
        })),
      })),
    ),
    extras: [],
    missing: [],
  });

describe("runs in PyTorch beside the lab's", () => {
  const rows = secondRows(
    runs,
    new Map([["pool", labOf({ random: [0.41, 0.42, 0.43], scout: [0.9, 0.91, 0.92] })]]),
  );
  const of = (strategy: string) => rows.find((row) => row.strategy === strategy)!;

  it("compares areas by seed, at equal steps and at equal tokens", () => {
    for (const value of of("scout").steps) expect(value).toBeCloseTo(0.1, 12);
    for (const value of of("edco").steps) expect(value).toBeCloseTo(0.2, 12);
    // Of 100 tokens 50 go into choosing: half the way to its end; as in race.json a straight line leads there.
    for (const [i, value] of of("edco").tokens.entries()) {
      const end = 0.8 + 0.01 * (i + 1);
      const random = (0.2 + 0.4 + 0.01 * (i + 1)) / 2;
      expect(value).toBeCloseTo((0.2 + (0.2 + end) / 2) / 2 - random, 12);
    }
  });

  it("tells means that lie apart from those that do not, and what only one of both ran", () => {
    expect(of("random").apart).toBeCloseTo(0, 9);
    // Ends 0.91 and 0.62 with a deviation of 0.01 each: areas differ by 0.145, by 0.00408 in standard error.
    expect(of("scout").apart).toBeCloseTo(0.145 / Math.sqrt((2 * 0.005 ** 2) / 3), 6);
    expect(of("edco").apart).toBeNull();
    const text = secondText(
      { about: ABOUT_SECOND, runs },
      new Map([["pool", labOf({ random: [0.41, 0.42, 0.43], scout: [0.9, 0.91, 0.92] })]]),
    );
    expect(text).toContain(
      "1 of 2 means that both know lie within two standard errors; apart lie scout on _pool_.",
    );
    expect(secondText({ about: ABOUT_SECOND, runs }, new Map())).toContain("Nothing was raced in both.");
  });

  it("says nothing of a pool without random order", () => {
    expect(
      secondRows(
        runs.filter(({ strategy }) => strategy !== "random"),
        new Map(),
      ),
    ).toEqual([]);
  });
});
