// Small multiples: means and spread worked out by hand, random order first, and no curve beyond random order's tokens.
import { describe, expect, it } from "vitest";
import { ABOUT, type Arena } from "./arena";
import { multiplesOf } from "./multiples";
import { ABOUT_SECOND, type Second, type SecondRun } from "./second";
import { poolWords } from "./poolWords";

const run = (strategy: string, seed: number, curve: SecondRun["curve"]): SecondRun => ({
  pool: "needle",
  strategy,
  seed,
  torch: "2",
  curve,
});
const second: Second = {
  about: ABOUT_SECOND,
  runs: [1, 2].flatMap((seed) => [
    run("edco", seed, [
      [0, 0, 0, 0.2],
      [10, 300, 100, 0.8],
    ]),
    run("random", seed, [
      [0, 0, 0, 0.2],
      [10, 100 * seed, 100 * seed, 0.2 + 0.2 * seed],
    ]),
  ]),
};
const none: Arena = { about: ABOUT, pools: [] };

describe("small multiples", () => {
  const [race] = multiplesOf(none, second).races;

  it("show random order first, the mean of its seeds, and how far they lie apart", () => {
    expect(race).toMatchObject({ pool: "needle", by: "PyTorch", steps: 10, seeds: 2 });
    expect(race.orders.map(({ strategy }) => strategy)).toEqual(["random", "edco"]);
    expect(race.orders[0].curve[0]).toEqual([0, 0.2, 0.2, 0.2]);
    // The second run spends 200 tokens and is shown up to 150, the mean: 0.5 there.
    expect(race.orders[0].curve[1]).toEqual([125, 0.45, 0.4, 0.5]);
    expect(race.orders[0].area).toBeNull();
  });

  it("end where random order's tokens do", () => {
    // 200 of 300 tokens choose: at 150 nothing was trained.
    expect(race.orders[1].curve).toEqual([
      [0, 0.2, 0.2, 0.2],
      [150, 0.2, 0.2, 0.2],
    ]);
  });

  it("carry differences with their intervals", () => {
    // Areas at equal steps: 0.5 less 0.3 and less 0.4.
    expect(race.orders[1].area!.steps.mean).toBeCloseTo(0.15, 4);
    expect(race.orders[1].area!.steps.interval).toHaveLength(2);
  });

  it("know in words what the built-in pools are, and say nothing of others", () => {
    expect(poolWords("needle")).toContain("known");
    expect(poolWords("my own.jsonl")).toBe("");
  });
});
