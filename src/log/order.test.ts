// Ranks and row orders against plain sorting.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ranksOf, rowOrder, rowsOf } from "./order";
import { reduceRun } from "./fold";
import { tinyLog } from "./testing/log";

describe("ranksOf", () => {
  it("ranks as a plain sort does, ties by place, and gives no rank to what was not scored", () => {
    const score = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(NaN),
      fc.constant(0),
      fc.constant(-0.5),
    );
    fc.assert(
      fc.property(fc.array(score, { maxLength: 60 }), (values) => {
        // One zero only: the sign of a zero is no difference in rank.
        const scores = Float32Array.from(values, (value) => (value === 0 ? 0 : value));
        const wanted = new Array<number>(scores.length).fill(0);
        Array.from(scores.keys())
          .filter((i) => !Number.isNaN(scores[i]))
          .sort((a, b) => scores[b] - scores[a] || a - b)
          .forEach((sample, place) => (wanted[sample] = place + 1));
        expect(Array.from(ranksOf(scores))).toEqual(wanted);
      }),
    );
  });
});

describe("rowOrder", () => {
  const view = reduceRun(tinyLog());
  it("puts first picks first, by round and rank, then the rest by their newest score", () => {
    expect(Array.from(rowOrder(view, "first-pick"))).toEqual([1, 2, 0, 3, 4, 5]);
  });
  it("sorts by difficulty, hardest first, and by place", () => {
    expect(Array.from(rowOrder(view, "difficulty"))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(Array.from(rowOrder(view, "order"))).toEqual([0, 1, 2, 3, 4, 5]);
  });
  it("is undone by rowsOf", () => {
    const order = rowOrder(view, "first-pick");
    expect(Array.from(rowsOf(order))[order[3]]).toBe(3);
  });
});
