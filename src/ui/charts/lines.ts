// Line charts over a common axis, each line with an optional band.
import { scaleLinear } from "d3-scale";
import { between, circle, group, label, line, path, through, type Figure, type Mark } from "./scene";

export interface LineSeries {
  id: string;
  name: string;
  color: string;
  points: readonly (readonly [number, number])[];
  /** [low, high] at each point. */
  band?: readonly (readonly [number, number])[];
  /** Drawn faint behind: what lies beyond the playhead, or the raw values behind a smooth line. */
  faint?: boolean;
  dashed?: boolean;
  /** A dot at each point; the last one larger. */
  dots?: boolean;
}

export interface LinesOptions {
  width: number;
  height: number;
  series: readonly LineSeries[];
  yDomain: readonly [number, number];
  xDomain?: readonly [number, number];
  yTicks?: readonly number[];
  formatY: (value: number) => string;
  /** A tick without words is left out. */
  formatX: (value: number) => string;
  /** Vertical marks, e.g. the start of each round. */
  rules?: readonly { x: number; text: string }[];
  /** Horizontal marks, e.g. a mean. */
  levels?: readonly { y: number; text: string }[];
}

/** Words of an axis of steps: there is none between two. */
export const wholeSteps = (step: number): string =>
  step === 0 ? "step 0" : Number.isInteger(step) ? String(step) : "";

export function lines(options: LinesOptions): Figure {
  const { width, height, series, yDomain, formatX, formatY } = options;
  const yTicks = options.yTicks ?? scaleLinear(yDomain, []).ticks(height > 180 ? 5 : 3);
  // Room for five characters; small numbers have more.
  const left = 44 + 7 * Math.max(0, ...yTicks.map((value) => formatY(value).length - 5));
  const bottom = 22;
  const top = 12;
  const right = 10;
  const xMax = Math.max(0, ...series.flatMap((s) => s.points.map(([x]) => x)));
  const x = scaleLinear(options.xDomain ?? [0, xMax || 1], [left, width - right]);
  if (!options.xDomain) x.nice(5);
  const y = scaleLinear(yDomain, [height - bottom, top]);
  const clampY = (value: number): number => Math.max(top - 4, Math.min(height - bottom, y(value)));
  const marks: Mark[] = [];
  for (const value of yTicks) {
    marks.push(line(left, y(value), width - right, y(value), { stroke: "var(--line)" }));
    marks.push(label(left - 8, y(value) + 4, formatY(value), { "text-anchor": "end", fill: "var(--faint)" }));
  }
  for (const rule of options.rules ?? []) {
    marks.push(
      line(x(rule.x), top, x(rule.x), height - bottom, { stroke: "var(--line)", "stroke-dasharray": "2 4" }),
    );
    if (rule.text !== "") marks.push(label(x(rule.x) + 4, top + 8, rule.text, { fill: "var(--faint)" }));
  }
  for (const level of options.levels ?? [])
    marks.push(
      line(left, y(level.y), width - right, y(level.y), { stroke: "var(--soft)", "stroke-dasharray": "2 3" }),
      label(width - right, y(level.y) - 4, level.text, { "text-anchor": "end", fill: "var(--soft)" }),
    );
  for (const value of x.ticks(Math.max(2, Math.floor(width / 110)))) {
    if (formatX(value) === "") continue;
    const anchor = x(value) > width - 40 ? "end" : x(value) < left + 16 ? "start" : "middle";
    marks.push(label(x(value), height - 5, formatX(value), { "text-anchor": anchor, fill: "var(--faint)" }));
  }
  for (const s of series) {
    const points = s.points.map(([px, py]): [number, number] => [x(px), clampY(py)]);
    const inner: Mark[] = [];
    if (s.band && s.band.length === points.length && points.length > 1)
      inner.push(
        path(between(s.band.map(([low, high], i) => [points[i][0], clampY(high), clampY(low)] as const)), {
          fill: s.color,
          opacity: s.faint ? 0.06 : 0.13,
        }),
      );
    inner.push(
      path(through(points), {
        fill: "none",
        stroke: s.color,
        "stroke-width": s.faint ? 1.2 : 2.4,
        "stroke-linejoin": "round",
        "stroke-linecap": "round",
        ...(s.faint ? { opacity: 0.45 } : {}),
        ...(s.dashed ? { "stroke-dasharray": "5 5" } : {}),
      }),
    );
    if (s.dots)
      points.forEach(([px, py], i) => {
        if (!Number.isFinite(py)) return;
        inner.push(circle(px, py, i === points.length - 1 && !s.faint ? 4.2 : 2.6, { fill: s.color }));
      });
    marks.push(group(inner, { "data-series": s.id }));
  }
  return { width, height, marks };
}
