// Parts by seed: the known split where there is one test set, the same share of each value, and conversations on one side.
import { describe, expect, it } from "vitest";
import { splitSamples } from "../split";
import { apportioned, partsOf, type Placed } from "./parts";

const rows = (count: number, stratumOf: (i: number) => string = () => ""): Placed[] =>
  Array.from({ length: count }, (_, i) => ({ sampleId: `row-${i}`, group: i, stratum: stratumOf(i) }));
const one = (share: number, by: string | null = null, seed = 1) => ({
  ...{ seed, by },
  tests: [{ name: "test", share }],
});
const count = (parts: readonly string[], part: string) => parts.filter((name) => name === part).length;

describe("partsOf", () => {
  it("is the split of an import where there is one test set and no column to keep alike", () => {
    for (const [n, share, seed] of [
      [40, 0.1, 1],
      [7, 0.3, 2],
      [2, 0.5, 3],
      [1, 0.5, 4],
    ] as const) {
      const all = rows(n);
      const { test } = splitSamples(all, { testShare: share, seed });
      const parts = partsOf(all, one(share, null, seed));
      expect(all.filter((_, i) => parts[i] === "test")).toEqual(test);
    }
  });

  it("gives each part the same share of each value, and the wanted number of rows", () => {
    // 60 % a, 30 % b, 10 % c: 20 of 200 held out are 12, 6 and 2.
    const all = rows(200, (i) => (i % 10 < 6 ? "a" : i % 10 < 9 ? "b" : "c"));
    const parts = partsOf(all, one(0.1, "kind"));
    const held = all.filter((_, i) => parts[i] === "test");
    expect(["a", "b", "c"].map((kind) => held.filter(({ stratum }) => stratum === kind).length)).toEqual([
      12, 6, 2,
    ]);
  });

  it("draws several test sets that share no row, another seed draws others", () => {
    const tests = [
      { name: "easy", share: 0.2 },
      { name: "hard", share: 0.1 },
    ];
    const parts = partsOf(rows(50), { seed: 1, by: null, tests });
    expect([count(parts, "easy"), count(parts, "hard"), count(parts, "train")]).toEqual([10, 5, 35]);
    expect(partsOf(rows(50), { seed: 2, by: null, tests })).not.toEqual(parts);
  });

  it("keeps the answers of one conversation together", () => {
    const turns = rows(30).flatMap((row) =>
      [1, 2, 3].map((turn) => ({ ...row, sampleId: `${row.sampleId}.${turn}` })),
    );
    const parts = partsOf(turns, one(0.2));
    expect(count(parts, "test")).toBe(18);
    for (let i = 0; i < turns.length; i += 3)
      expect(new Set(parts.slice(i, i + 3)).size, `conversation ${i / 3}`).toBe(1);
  });

  it("always leaves a row to study", () => {
    const tests = [
      { name: "a", share: 0.5 },
      { name: "b", share: 0.45 },
    ];
    expect(partsOf(rows(2), { seed: 1, by: null, tests }).sort()).toEqual(["a", "train"]);
  });
});

it("apportioned rows are as many as wanted, and never more than are left", () => {
  expect(apportioned([3, 3, 4], 5, [3, 3, 4])).toEqual([2, 1, 2]);
  expect(apportioned([0, 3, 4], 5, [3, 3, 4])).toEqual([0, 2, 3]);
  expect(apportioned([1, 0], 3, [5, 5])).toEqual([1, 0]);
});
