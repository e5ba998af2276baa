// Stacked horizontal bars on one scale, for time or memory by purpose.
import { scaleLinear } from "d3-scale";
import { group, label, rect, type Figure, type Mark } from "./scene";

export interface StackRow {
  name: string;
  parts: readonly { name: string; value: number; color: string }[];
  /** What stands at the end of the bar: the sum, with its unit. */
  total: string;
}

const ROW = 26;
const BAR = 14;

/** `names` px are kept for the names on the left, `totals` px for the sums on the right. */
export function stack(width: number, rows: readonly StackRow[], names = 110, totals = 84): Figure {
  const sums = rows.map((row) => row.parts.reduce((sum, part) => sum + part.value, 0));
  const x = scaleLinear([0, Math.max(...sums, 1e-9)], [names, Math.max(names + 20, width - totals)]);
  const marks: Mark[] = rows.map((row, r) => {
    const top = r * ROW + (ROW - BAR) / 2;
    const inner: Mark[] = [label(0, top + 11, row.name, { fill: "var(--soft)" })];
    let at = 0;
    for (const part of row.parts) {
      if (part.value <= 0) continue;
      inner.push(rect(x(at), top, x(at + part.value) - x(at), BAR, { fill: part.color }));
      at += part.value;
    }
    inner.push(label(x(at) + 6, top + 11, row.total, { fill: "var(--soft)" }));
    return group(inner, { "data-row": row.name });
  });
  return { width, height: Math.max(1, rows.length) * ROW, marks };
}
