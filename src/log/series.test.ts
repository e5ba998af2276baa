import { describe, expect, it } from "vitest";
import { Column, debiasedMean, scoreColumn } from "./series";

describe("columns", () => {
  it("grow past their first room", () => {
    const column = new Column(2);
    for (let i = 0; i < 9; i++) column.push(i);
    expect(Array.from(column.values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(column.at(-1)).toBe(8);
  });
  it("keep what was not scored apart from zero", () => {
    expect(Array.from(scoreColumn([0, null, 1]))).toEqual([0, NaN, 1]);
  });
});

describe("debiasedMean", () => {
  it("of a constant is the constant from the first step on", () => {
    expect(Array.from(debiasedMean([2, 2, 2]))).toEqual(
      [2, 2, 2].map((v) => expect.closeTo(v, 12) as number),
    );
  });
  it("passes over steps that were not finite", () => {
    const [, second] = debiasedMean([1, NaN, 3]);
    expect(second).toBeCloseTo(1, 12);
  });
});
