// Figures are plain data: checked by value where it matters, by snapshot for the whole.
import { describe, expect, it } from "vitest";
import { lines } from "./lines";
import { columnBoxes, rasterColumn, rowsAt } from "./raster";
import { histogram, ridges } from "./ridges";
import { between, label, through, toSvg } from "./scene";

describe("scene", () => {
  it("breaks a line where a value is missing", () => {
    expect(
      through([
        [0, 1],
        [1, NaN],
        [2, 3],
        [3, 4],
      ]),
    ).toBe("M0,1ZM2,3L3,4");
    expect(through([])).toBe("");
  });
  it("parts a band where an edge is missing", () => {
    const edges = [
      [0, 0, 2],
      [1, 0, 2],
      [2, NaN, 2],
      [3, 0, 1.04],
      [4, 0, 1],
    ] as const;
    expect(between(edges.slice(0, 2))).toBe("M0,0L1,0L1,2L0,2Z");
    expect(between(edges)).toBe("M0,0L1,0L1,2L0,2ZM3,0L4,0L4,1L3,1Z");
  });
  it("saves itself with its colours and its name, and escapes what people wrote", () => {
    const svg = toSvg(
      { width: 10, height: 10, marks: [label(0, 0, "a < b", { fill: "var(--pick)" })] },
      "x & y",
      () => "rgb(1, 2, 3)",
    );
    expect(svg).toContain("<title>x &amp; y</title>");
    expect(svg).toContain('fill="rgb(1, 2, 3)">a &lt; b</text>');
    expect(svg).not.toContain("var(");
  });
});

describe("histogram", () => {
  it("counts each value once, what is beyond in the last bin, what is missing nowhere", () => {
    expect(Array.from(histogram([0, 0.4, 0.5, 1, 7, NaN], [0, 1], 2))).toEqual([2, 3]);
    expect(Array.from(histogram([0, 0.4, 0.6], [0, 1], 2, [0, 1, 1]))).toEqual([1, 1]);
  });
});

describe("raster", () => {
  const options = {
    box: columnBoxes(40, 1, 4, 8, 4)[0],
    height: 4,
    order: Uint32Array.from([1, 0]),
    place: (score: number) => score / 2,
    ramp: [
      [0, 0, 0],
      [200, 200, 200],
    ] as const,
    pick: [255, 0, 0] as const,
    baselineColor: [0, 0, 255] as const,
    line: [9, 9, 9] as const,
    rail: 8,
    baselineRail: 4,
  };
  const at = (bytes: Uint8ClampedArray, x: number, y: number) =>
    Array.from(bytes.subarray((y * 40 + x) * 4, (y * 40 + x) * 4 + 4));

  it("puts the row's colour where the order says, and the pick on its rail", () => {
    const column = {
      scores: Float32Array.from([0, 2]),
      picked: Uint8Array.from([0, 1]),
      baseline: Uint8Array.from([1, 0]),
    };
    const bytes = rasterColumn({ ...options, column });
    expect(at(bytes, 0, 0)).toEqual([200, 200, 200, 255]);
    expect(at(bytes, 0, 3)).toEqual([0, 0, 0, 255]);
    expect(at(bytes, 32, 0)).toEqual([255, 0, 0, 255]);
    expect(at(bytes, 32, 3)[3]).toBe(0);
    expect(at(bytes, 39, 3)).toEqual([0, 0, 255, 255]);
  });
  it("averages rows that share a line, hatches what was not scored, leaves rounds to come empty", () => {
    const column = { scores: Float32Array.from([0, 2]), picked: null, baseline: null };
    expect(at(rasterColumn({ ...options, height: 1, column }), 0, 0)).toEqual([100, 100, 100, 255]);
    const unscored = { ...column, scores: Float32Array.from([NaN, NaN]) };
    expect(at(rasterColumn({ ...options, height: 1, column: unscored }), 0, 0)).toEqual([9, 9, 9, 255]);
    expect(at(rasterColumn({ ...options, height: 1, column: unscored }), 2, 0)[3]).toBe(0);
    const coming = { scores: null, picked: null, baseline: null };
    expect(rasterColumn({ ...options, column: coming }).every((byte) => byte === 0)).toBe(true);
  });
  it("covers every row once", () => {
    expect(rowsAt(0, 4, 12_060)).toEqual([0, 3015]);
    expect(rowsAt(3, 4, 12_060)).toEqual([9045, 12_060]);
    expect(rowsAt(3, 4, 2)).toEqual([1, 2]);
    expect(columnBoxes(100, 2, 10, 5, 5)[1]).toEqual({ x: 55, width: 45, cells: 35 });
  });
});

describe("figures", () => {
  it("give small numbers room at the left", () => {
    const plain = { width: 300, height: 200, series: [], formatX: String, formatY: String };
    const axis = (high: number) => lines({ ...plain, yDomain: [0, high] }).marks[0];
    expect(axis(0.25)).toMatchObject({ attrs: { x1: 44 } });
    expect(axis(0.0005)).toMatchObject({ attrs: { x1: 51 } });
  });
  it("draw lines with bands", () => {
    const series = [
      {
        id: "a",
        name: "a",
        color: "var(--pick)",
        points: [
          [0, 0.2],
          [10, 0.9],
        ] as const,
        band: [
          [0.1, 0.3],
          [0.8, 1],
        ] as const,
        dots: true,
      },
      {
        id: "b",
        name: "b",
        color: "var(--random)",
        points: [
          [0, 0.2],
          [4, NaN],
          [8, 0.5],
        ] as const,
        faint: true,
      },
    ];
    expect(
      lines({ width: 300, height: 200, series, yDomain: [0, 1], formatX: String, formatY: String }),
    ).toMatchSnapshot();
  });
  it("draw ridges with a threshold", () => {
    const rows = [
      {
        name: "round 1",
        counts: Uint32Array.from([9, 0, 4]),
        chosen: Uint32Array.from([0, 0, 4]),
        threshold: 0.7,
        mean: 0.3,
        current: true,
      },
      { name: "round 2", counts: null, chosen: null, threshold: null, mean: null, current: false },
    ];
    expect(
      ridges({
        width: 300,
        rowHeight: 40,
        domain: [0, 1],
        rows,
        xTicks: [
          { at: 0, text: "0" },
          { at: 1, text: "1 nat" },
        ],
        formatThreshold: (v) => `threshold ${v}`,
      }),
    ).toMatchSnapshot();
  });
});
