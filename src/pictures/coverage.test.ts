// The share of the pool that was picked, and what as many random draws would have shown: by hand, and by drawing.
import { describe, expect, it } from "vitest";
import { Random } from "../curriculum/random";
import { reduceRun } from "../log/fold";
import { tinyLog } from "../log/testing/log";
import { coverage } from "./later/coverage";

const view = reduceRun(tinyLog());

describe("coverage", () => {
  it("counts each sample once, and forgets no round", () => {
    // Two of six, then one of them again and one new.
    expect(coverage(view).map(({ seen }) => seen)).toEqual([2 / 6, 3 / 6]);
    expect(coverage(view).map(({ byChance }) => byChance)).toEqual([
      expect.closeTo(2 / 6, 12),
      expect.closeTo(1 - (4 / 6) ** 2, 12),
    ]);
  });
  it("draws without replacement where the run does", () => {
    const run = { ...view, config: { curriculum: { excludeSeen: true } } };
    expect(coverage(run).map(({ byChance }) => byChance)).toEqual([2 / 6, 4 / 6]);
  });
  it("expects what drawing shows: mean of 20,000 runs of three rounds, 3, 5 and 2 of 12", () => {
    const random = new Random(7, "coverage");
    const counts = [3, 5, 2];
    const pool = Array.from({ length: 12 }, (_, i) => i);
    let all = 0;
    for (let run = 0; run < 20_000; run++)
      all += new Set(counts.flatMap((k) => random.sample(pool, k))).size / 12;
    const expected = 1 - counts.reduce((missed, k) => missed * (1 - k / 12), 1);
    // Standard error of the mean of 20,000 shares that spread by about 0.08: 0.0006; allowed five of them.
    expect(Math.abs(all / 20_000 - expected)).toBeLessThan(0.003);
  });
});
