// Dots over reference curves. The area of a dot is the number of items it stands for.
import { scaleLinear } from "d3-scale";
import { circle, group, label, line, path, through, type Figure, type Mark } from "./scene";

export interface Dot {
  x: number;
  y: number;
  /** How many it stands for. */
  n: number;
  color: string;
  title: string;
  /** Ring instead of disc: another group. */
  ring?: boolean;
}

export interface Curve {
  points: readonly (readonly [number, number])[];
  color: string;
  dashed?: boolean;
  text?: string;
}

export interface ScatterOptions {
  width: number;
  height: number;
  xDomain: readonly [number, number];
  yDomain: readonly [number, number];
  xName: string;
  yName: string;
  dots: readonly Dot[];
  curves: readonly Curve[];
  /** Words inside the frame, at a place of the plot. */
  notes?: readonly { x: number; y: number; text: string; anchor: "start" | "end" }[];
  /** Radius in px of a dot that stands for one. */
  radius?: number;
}

/** Words beside an axis are read over a dot that lies on it. */
const clear = {
  fill: "var(--soft)",
  stroke: "var(--card)",
  "stroke-width": 3,
  "stroke-linejoin": "round",
  "paint-order": "stroke",
};

export function scatter(options: ScatterOptions): Figure {
  const { width, height, xDomain, yDomain } = options;
  const left = 46;
  const bottom = 36;
  const top = 18;
  const right = 14;
  const x = scaleLinear(xDomain, [left, width - right]);
  const y = scaleLinear(yDomain, [height - bottom, top]);
  const marks: Mark[] = [];
  const words: Mark[] = [];
  for (const value of y.ticks(5)) {
    marks.push(line(left, y(value), width - right, y(value), { stroke: "var(--line)" }));
    words.push(label(left - 8, y(value) + 4, String(value), { "text-anchor": "end", ...clear }));
  }
  for (const value of x.ticks(5))
    words.push(label(x(value), height - bottom + 15, String(value), { "text-anchor": "middle", ...clear }));
  marks.push(
    label(left, 10, options.yName, { fill: "var(--faint)" }),
    label(width - right, height - 4, options.xName, { "text-anchor": "end", fill: "var(--faint)" }),
  );
  for (const curve of options.curves) {
    const points = curve.points.map(([px, py]): [number, number] => [x(px), y(py)]);
    marks.push(
      path(through(points), {
        fill: "none",
        stroke: curve.color,
        "stroke-width": 1.4,
        ...(curve.dashed ? { "stroke-dasharray": "4 4" } : {}),
      }),
    );
    const end = points.at(-1);
    if (curve.text && end)
      marks.push(label(end[0] - 4, end[1] - 6, curve.text, { "text-anchor": "end", fill: "var(--faint)" }));
  }
  for (const note of options.notes ?? [])
    marks.push(label(x(note.x), y(note.y), note.text, { "text-anchor": note.anchor, fill: "var(--soft)" }));
  const radius = options.radius ?? 3;
  const dots = options.dots.map((dot): Mark => {
    const r = Math.round(radius * Math.sqrt(dot.n) * 10) / 10;
    const look: Record<string, string | number> = dot.ring
      ? { fill: "none", stroke: dot.color, "stroke-width": 1.5 }
      : { fill: dot.color, opacity: 0.72 };
    const mark = circle(x(dot.x), y(dot.y), r, look);
    return { ...mark, children: [{ tag: "title", attrs: {}, text: dot.title }] };
  });
  marks.push(group(dots), ...words);
  return { width, height, marks };
}
