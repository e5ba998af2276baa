// Known values, a control, no and one pair, ties, extremes.
import { describe, expect, it } from "vitest";
import {
  bootstrap,
  compare,
  compareCurves,
  comparisonText,
  costToReach,
  decimal,
  holm,
  mcnemar,
  mcnemarCounts,
  meanOverCost,
  pairedT,
  pointAt,
  signed,
  studentP,
  studentQuantile,
} from "./paired";
import { Random } from "./random";

const right = (n: number, of: number) => "1".repeat(n).padEnd(of, "0");
const result = (items: string) => ({
  items,
  value: [...items].filter((c) => c === "1").length / items.length,
});

describe("Student's t", () => {
  it.each([
    [1, 12.7062047],
    [2, 4.30265273],
    [3, 3.18244631],
    [4, 2.77644511],
    [9, 2.26215716],
    [30, 2.04227246],
    [1000, 1.96233908],
  ])("has the tabled quantile at %d degrees of freedom", (df, t) => {
    expect(studentQuantile(df)).toBeCloseTo(t, 6);
  });
  it("has the known p: with one degree of freedom, 1 − 2 atan(t) / π", () => {
    for (const t of [0, 0.5, 1, 12.7062047, 1e6])
      expect(studentP(t, 1)).toBeCloseTo(1 - (2 * Math.atan(t)) / Math.PI, 10);
  });
  it("has no quantile without a degree of freedom", () => {
    expect(studentQuantile(0)).toBeNaN();
  });
});

describe("holm", () => {
  it("multiplies the smallest by their number, the next by one less, and never falls", () => {
    // By hand: sorted .01, .02, .03, .04 times 4, 3, 2, 1 = .04, .06, .06, .04; running maximum .04, .06, .06, .06.
    const found = holm([0.04, 0.01, null, 0.03, 0.02]);
    [0.06, 0.04, null, 0.06, 0.06].forEach((p, i) =>
      p === null ? expect(found[i]).toBeNull() : expect(found[i]).toBeCloseTo(p, 12),
    );
  });
  it("leaves one test alone and stops at 1", () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([0.6, 0.7, 0.8])).toEqual([1, 1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe("pairedT", () => {
  it("gives the textbook interval", () => {
    // 1, 2, 3: mean 2, standard error 1/√3, t(2) = 4.3027.
    const t = pairedT([1, 2, 3])!;
    expect(t.interval![0]).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 6);
    expect(t.interval![1]).toBeCloseTo(2 + 4.30265273 / Math.sqrt(3), 6);
    expect(t.p).toBeCloseTo(0.0741799, 6);
  });
  it("knows no interval of one difference, and nothing of none", () => {
    expect(pairedT([0.3])).toEqual({ n: 1, mean: 0.3, se: null, interval: null, p: null });
    expect(pairedT([])).toBeNull();
  });
  it("does not divide by a spread of nothing", () => {
    expect(pairedT([0, 0, 0])).toEqual({ n: 3, mean: 0, se: 0, interval: [0, 0], p: null });
  });
});

describe("McNemar's exact test", () => {
  it("agrees with the published example (1, 1, 7, 12): p .070, Newcombe −.507 to −.026", () => {
    const m = mcnemarCounts(1, 1, 7, 12);
    expect(m.p).toBeCloseTo(18 / 256, 12);
    expect(m.difference).toBeCloseTo(-6 / 21, 12);
    expect(m.interval[0]).toBeCloseTo(-0.507, 3);
    expect(m.interval[1]).toBeCloseTo(-0.026, 3);
  });
  it.each([
    [0, 1, 1],
    [0, 5, 2 / 32],
    [0, 6, 2 / 64],
    [1, 9, 22 / 1024],
    [3, 3, 1],
    [0, 0, 1],
    [400, 401, 1],
  ])("gives %d against %d its binomial p", (a, b, p) => {
    expect(mcnemarCounts(10, a, b, 10).p).toBeCloseTo(p, 10);
    expect(mcnemarCounts(10, b, a, 10).p).toBeCloseTo(p, 10);
  });
  it("stays finite at the extremes", () => {
    const all = mcnemarCounts(0, 2000, 0, 0);
    expect(all.p).toBeLessThan(1e-300);
    expect(all.difference).toBe(1);
    expect(all.interval[0]).toBeGreaterThan(0.99);
    expect(all.interval[1]).toBe(1);
    const none = mcnemarCounts(50, 0, 0, 0);
    expect(none.difference).toBe(0);
    expect(none.p).toBe(1);
  });
  it("counts items, and refuses two that have not the same questions", () => {
    expect(mcnemar("1100", "1010")).toMatchObject({ n: 4, onlyOwn: 1, onlyOther: 1, difference: 0, p: 1 });
    expect(mcnemar("110", "1010")).toBeNull();
    expect(mcnemar("", "")).toBeNull();
  });
  it("covers the truth about 95 times in 100", () => {
    const random = new Random(3, "coverage");
    let covered = 0;
    for (let run = 0; run < 400; run++) {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 100; i++) {
        const u = random.next();
        counts[u < 0.4 ? 0 : u < 0.6 ? 1 : u < 0.7 ? 2 : 3]++;
      }
      const [low, high] = mcnemarCounts(counts[0], counts[1], counts[2], counts[3]).interval;
      if (low <= 0.1 && 0.1 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.92);
    expect(covered / 400).toBeLessThan(0.99);
  });
});

describe("the hierarchical bootstrap", () => {
  const pair = (own: number, other: number) => ({ own: right(own, 100), other: right(other, 100) });
  it("gives the same interval twice and another one for another seed", () => {
    const pairs = [pair(60, 50), pair(55, 52), pair(70, 51)];
    expect(bootstrap(pairs)).toEqual(bootstrap(pairs));
    expect(bootstrap(pairs, 500, 2)).not.toEqual(bootstrap(pairs, 500, 1));
  });
  it("has the questions' own error where all seeds agree", () => {
    // 20 questions of 100 differ in every seed: the standard error is √(.2 · .8 / 100) = .04.
    const [low, high] = bootstrap([pair(60, 40), pair(60, 40), pair(60, 40)])!;
    expect(low).toBeCloseTo(0.2 - 1.96 * 0.04, 1);
    expect(high).toBeCloseTo(0.2 + 1.96 * 0.04, 1);
    expect(high - low).toBeGreaterThan(0.12);
  });
  it("is wider where seeds disagree", () => {
    const width = (pairs: Parameters<typeof bootstrap>[0]) => {
      const [low, high] = bootstrap(pairs)!;
      return high - low;
    };
    expect(width([pair(90, 40), pair(40, 40), pair(50, 40)])).toBeGreaterThan(
      width([pair(60, 40), pair(60, 40), pair(60, 40)]),
    );
  });
  it("says nothing of one pair or of other questions", () => {
    expect(bootstrap([pair(60, 50)])).toBeNull();
    expect(bootstrap([pair(60, 50), { own: "11", other: "10" }])).toBeNull();
    expect(bootstrap([])).toBeNull();
  });
});

describe("compare", () => {
  const pair = (own: number, other: number, of = 100) => ({
    own: result(right(own, of)),
    other: result(right(other, of)),
  });
  it("names no leader from one seed, however clear", () => {
    const c = compare([pair(95, 20)])!;
    expect(c).toMatchObject({ leader: "level", pairs: 1, items: 100, test: "McNemar’s exact test" });
    expect(c.p).toBeLessThan(1e-6);
    expect(comparisonText(c)).toMatch(
      /^\+75\.0 points \[.*\], McNemar’s exact test on 100 questions of one seed/,
    );
  });
  it("names one where seeds and questions agree", () => {
    expect(compare([pair(80, 50), pair(83, 52), pair(79, 51)])).toMatchObject({
      leader: "own",
      everySeed: true,
    });
    expect(compare([pair(50, 80), pair(52, 83), pair(51, 79)])).toMatchObject({ leader: "other" });
  });
  it("calls level what the seeds do not share: 30, 17 and 42 points", () => {
    const c = compare([pair(91, 61), pair(58, 41), pair(95, 53)])!;
    expect(c).toMatchObject({ leader: "level", everySeed: true, bootstrap: null });
    expect(c.interval![0]).toBeLessThan(0);
  });
  it("is not fooled by seeds that happen to agree: one question of ten", () => {
    const c = compare([pair(6, 5, 10), pair(6, 5, 10), pair(6, 5, 10)])!;
    expect(c.interval![0]).toBeCloseTo(0.1, 9);
    expect(c.leader).toBe("level");
  });
  it("calls ties level", () => {
    expect(compare([pair(50, 50), pair(50, 50)])).toMatchObject({ leader: "level", everySeed: false });
  });
  it("works without items, and says nothing of none", () => {
    const value = (v: number) => ({ value: v, items: "" });
    expect(compare([{ own: value(0.4), other: value(0.3) }])).toMatchObject({
      leader: "level",
      interval: null,
      items: null,
    });
    expect(compare([])).toBeNull();
  });
  it("finds no leader more than about once in twenty where there is none", () => {
    const random = new Random(7, "null");
    const draw = (p: number) => Array.from({ length: 60 }, () => (random.next() < p ? "1" : "0")).join("");
    let found = 0;
    for (let run = 0; run < 200; run++) {
      const pairs = [0, 1, 2, 3].map(() => {
        const p = 0.4 + 0.2 * random.next();
        return { own: result(draw(p)), other: result(draw(p)) };
      });
      if (compare(pairs)!.leader !== "level") found++;
    }
    expect(found / 200).toBeLessThan(0.09);
  });
});

describe("curves", () => {
  const curve = [
    { cost: 0, value: 0.2 },
    { cost: 10, value: 0.4 },
    { cost: 30, value: 0.8 },
  ];
  it("has the area of its trapezoids", () => {
    expect(meanOverCost(curve, 30)).toBeCloseTo((10 * 0.3 + 20 * 0.6) / 30, 12);
    expect(meanOverCost(curve, 20)).toBeCloseTo((10 * 0.3 + 10 * 0.5) / 20, 12);
    expect(meanOverCost(curve, 10)).toBeCloseTo(0.3, 12);
  });
  it("holds the first and the last value where nothing was tested", () => {
    expect(meanOverCost([{ cost: 5, value: 0.5 }], 20)).toBeCloseTo(0.5, 12);
    expect(meanOverCost(curve, 60)).toBeCloseTo((15 + 30 * 0.8) / 60, 12);
    expect(meanOverCost([], 10)).toBeNaN();
    expect(meanOverCost(curve, 0)).toBeNaN();
  });
  it("finds the first test over a threshold, or none", () => {
    expect(costToReach(curve, 0.4)).toBe(10);
    expect(costToReach(curve, 0.41)).toBe(30);
    expect(costToReach(curve, 0.9)).toBeNull();
    expect(costToReach([], 0)).toBeNull();
  });
  it("finds what a budget paid for", () => {
    expect(pointAt(curve, 29)?.value).toBe(0.4);
    expect(pointAt(curve, -1)).toBeNull();
  });
  it("compares up to the cost both have spent", () => {
    const flat = [
      { cost: 0, value: 0.2 },
      { cost: 10, value: 0.2 },
    ];
    const t = compareCurves([{ own: curve, other: flat }])!;
    expect(t.mean).toBeCloseTo(0.1, 12);
    expect(compareCurves([{ own: curve, other: curve.slice(0, 1) }])).toBeNull();
  });
});

describe("numbers in words", () => {
  it("has true signs, and none on nothing", () => {
    expect([decimal(-0.44), decimal(-0.04), decimal(3)]).toEqual(["−0.4", "0.0", "3.0"]);
    expect([signed(0.5), signed(-0.5), signed(0.01)]).toEqual(["+0.5", "−0.5", "0.0"]);
  });
});
