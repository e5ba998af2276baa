// One histogram per row, all on the same bins: shows how a distribution moves, with the chosen part filled and the
// threshold drawn.
import { scaleLinear } from "d3-scale";
import { group, label, line, rect, round, type Figure, type Mark } from "./scene";

export interface Ridge {
  name: string;
  /** Counts per bin; null draws an empty row that is still to come. */
  counts: Uint32Array | null;
  /** The part of each bin that was chosen. */
  chosen: Uint32Array | null;
  threshold: number | null;
  mean: number | null;
  current: boolean;
}

export interface RidgesOptions {
  width: number;
  rowHeight: number;
  domain: readonly [number, number];
  rows: readonly Ridge[];
  xTicks: readonly { at: number; text: string }[];
  formatThreshold: (value: number) => string;
}

/** Counts of `values` in `bins` equal bins of the domain; values beyond it land in the last, NaN in none. */
export function histogram(
  values: ArrayLike<number>,
  domain: readonly [number, number],
  bins: number,
  only?: ArrayLike<number>,
): Uint32Array {
  const counts = new Uint32Array(bins);
  const width = (domain[1] - domain[0]) / bins;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]) || (only && !only[i])) continue;
    counts[Math.max(0, Math.min(bins - 1, Math.floor((values[i] - domain[0]) / width)))]++;
  }
  return counts;
}

export function ridges(options: RidgesOptions): Figure {
  const { width, rowHeight, domain, rows } = options;
  const left = 62;
  const right = 12;
  const top = 6;
  const bottom = 20;
  const height = top + rows.length * rowHeight + bottom;
  const x = scaleLinear(domain, [left, width - right]);
  const tallest = Math.max(1, ...rows.flatMap((row) => (row.counts ? Array.from(row.counts) : [])));
  // Square root: a pool with nine in ten rows near zero would otherwise hide the tenth that matters.
  const tall = (n: number): number => Math.sqrt(n / tallest) * (rowHeight - 10);
  const marks: Mark[] = [];
  rows.forEach((row, r) => {
    const base = top + (r + 1) * rowHeight - 1;
    marks.push(
      label(0, base - 3, row.name, {
        fill: row.current ? "var(--text)" : "var(--faint)",
        ...(row.current ? { "font-weight": 600 } : {}),
      }),
      line(left, base, width - right, base, {
        stroke: "var(--line)",
        ...(row.counts ? {} : { "stroke-dasharray": "3 4" }),
      }),
    );
    if (!row.counts) return;
    const step = (width - right - left) / row.counts.length;
    const bars: Mark[] = [];
    row.counts.forEach((n, b) => {
      if (n === 0) return;
      const tallAll = tall(n);
      const share = (row.chosen?.[b] ?? 0) / n;
      const at = left + b * step;
      if (share < 1)
        bars.push(rect(at, base - tallAll, step - 1, tallAll * (1 - share), { fill: "var(--e2)", rx: 1 }));
      if (share > 0)
        bars.push(
          rect(at, base - tallAll * share, step - 1, tallAll * share, { fill: "var(--pick)", rx: 1 }),
        );
    });
    marks.push(group(bars, { "data-row": row.name }));
    if (row.threshold !== null) {
      const at = x(Math.min(row.threshold, domain[1]));
      const end = at > width - 120;
      marks.push(
        line(at, base - rowHeight + 8, at, base, { stroke: "var(--text)", "stroke-dasharray": "2 3" }),
        label(at + (end ? -5 : 5), base - rowHeight + 16, options.formatThreshold(row.threshold), {
          fill: "var(--soft)",
          "text-anchor": end ? "end" : "start",
        }),
      );
    }
    if (row.mean !== null)
      marks.push({
        tag: "path",
        attrs: {
          d: `M${round(x(row.mean))},${base + 1}l-4,6h8Z`,
          fill: row.current ? "var(--text)" : "var(--faint)",
        },
      });
  });
  for (const { at, text } of options.xTicks)
    marks.push(
      label(x(at), height - 4, text, {
        fill: "var(--faint)",
        "text-anchor": at >= domain[1] - 1e-9 ? "end" : "middle",
      }),
    );
  return { width, height, marks };
}
