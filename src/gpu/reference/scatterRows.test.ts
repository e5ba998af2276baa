// Scatter is the adjoint of gather: <gather(x), dy> = <x, scatter(dy)>, and its gradient by central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { seeded } from "../testing/suite";
import { gatherRowsReference } from "./gatherRows";
import { scatterRowsReference } from "./scatterRows";

describe("scatterRowsReference", () => {
  test.each([
    { why: "every row once", index: [0, 1, 2], rows: 3 },
    { why: "repeats and gaps", index: [3, 1, 3, 3, 0], rows: 5 },
    { why: "one row", index: [0], rows: 1 },
  ])("$why", ({ index, rows }) => {
    const columns = 4;
    const offsets = [0];
    const list: number[] = [];
    for (let t = 0; t < rows; t++) {
      index.forEach((row, m) => row === t && list.push(m));
      offsets.push(list.length);
    }
    const x = seeded(6, rows * columns);
    const dy = seeded(7, index.length * columns);
    const got = scatterRowsReference(dy, offsets, list, columns);
    expect(inner(got, x)).toBeCloseTo(inner(gatherRowsReference(x, index, columns), dy), 12);
    const want = centralDifferences((moved) => inner(gatherRowsReference(moved, index, columns), dy), x);
    for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(want[i], 8);
  });
});
