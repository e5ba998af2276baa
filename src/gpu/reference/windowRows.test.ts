// The window's truth by hand: which keys stay in sight, across the border of a shared prefix too.
import { describe, expect, test } from "vitest";
import { packedRows } from "../testing/packing";
import { visibleKeys } from "./attention";
import { windowRows } from "./windowRows";

describe("windowRows", () => {
  test("a document: the last three keys, a key in sight of three rows", () => {
    const rows = windowRows(packedRows([{ prefix: 0, children: [5] }]), 3);
    expect([0, 1, 2, 3, 4].map((t) => visibleKeys(rows, t))).toEqual([
      [0],
      [0, 1],
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
    ]);
    expect(rows.visibleEnd).toEqual([3, 4, 5, 5, 5]);
  });

  test("children of a prefix see its end until their own rows fill the window", () => {
    const rows = windowRows(packedRows([{ prefix: 3, children: [3, 1] }]), 3);
    expect([2, 3, 4, 5, 6].map((t) => visibleKeys(rows, t))).toEqual([
      [0, 1, 2],
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
      [1, 2, 6],
    ]);
    expect(rows.visibleEnd).toEqual([3, 7, 7, 6, 6, 6, 7]);
  });

  test("window 1: a row sees itself; a window longer than all changes nothing", () => {
    const plain = packedRows([{ prefix: 2, children: [2] }]);
    const one = windowRows(plain, 1);
    expect([0, 1, 2, 3].map((t) => visibleKeys(one, t))).toEqual([[0], [1], [2], [3]]);
    expect(windowRows(plain, 9)).toEqual(plain);
  });
});
