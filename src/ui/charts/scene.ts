// A figure as plain data: nodes with attributes. Pure functions create it, React shows it, toSvg() saves it, and
// snapshot tests read it.
import { area, line as d3line } from "d3-shape";

export interface Mark {
  tag: "g" | "rect" | "line" | "path" | "circle" | "text" | "image" | "title";
  attrs: Readonly<Record<string, string | number>>;
  text?: string;
  children?: Mark[];
}

export interface Figure {
  width: number;
  height: number;
  marks: Mark[];
}

type Attrs = Record<string, string | number>;

export const rect = (x: number, y: number, width: number, height: number, attrs: Attrs = {}): Mark => ({
  tag: "rect",
  attrs: {
    x: round(x),
    y: round(y),
    width: round(Math.max(0, width)),
    height: round(Math.max(0, height)),
    ...attrs,
  },
});

export const line = (x1: number, y1: number, x2: number, y2: number, attrs: Attrs = {}): Mark => ({
  tag: "line",
  attrs: { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), ...attrs },
});

export const circle = (cx: number, cy: number, r: number, attrs: Attrs = {}): Mark => ({
  tag: "circle",
  attrs: { cx: round(cx), cy: round(cy), r, ...attrs },
});

export const path = (d: string, attrs: Attrs = {}): Mark => ({ tag: "path", attrs: { d, ...attrs } });

export const label = (x: number, y: number, text: string, attrs: Attrs = {}): Mark => ({
  tag: "text",
  attrs: { x: round(x), y: round(y), ...attrs },
  text,
});

export const group = (children: Mark[], attrs: Attrs = {}): Mark => ({ tag: "g", attrs, children });

/** One decimal is a tenth of a pixel: enough, and half the bytes. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const polyline = d3line()
  .defined((point) => point.every(Number.isFinite))
  .digits(1);

/** A polyline through points, px; a NaN breaks it, and a point alone is a dot under round line ends. */
export const through = (points: Iterable<[number, number]>): string => polyline(points) ?? "";

const strip = area<readonly [number, number, number]>()
  .defined((edge) => edge.every(Number.isFinite))
  .x(([x]) => x)
  .y0(([, , low]) => low)
  .y1(([, high]) => high)
  .digits(1);

/** The closed area between two edges, as [x, upper y, lower y] from left to right, px; a NaN parts it. */
export const between = (edges: Iterable<readonly [number, number, number]>): string => strip(edges) ?? "";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => escapes[c]);

function markToSvg(mark: Mark): string {
  const attrs = Object.entries(mark.attrs)
    .map(([name, value]) => ` ${name}="${escape(String(value))}"`)
    .join("");
  const inner = escape(mark.text ?? "") + (mark.children ?? []).map(markToSvg).join("");
  return inner === "" ? `<${mark.tag}${attrs}/>` : `<${mark.tag}${attrs}>${inner}</${mark.tag}>`;
}

/** A file of its own: named, with the colours that `resolve` gives for the page's custom properties. */
export function toSvg(figure: Figure, name: string, resolve: (property: string) => string): string {
  const body = figure.marks
    .map(markToSvg)
    .join("")
    .replace(/var\((--[\w-]+)\)/g, (_, property: string) => resolve(property));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${figure.width} ${figure.height}" ` +
    `width="${figure.width}" height="${figure.height}" font-family="system-ui, sans-serif" font-size="11" role="img">` +
    `<title>${escape(name)}</title>` +
    `<rect width="100%" height="100%" fill="${resolve("--card")}"/>${body}</svg>`
  );
}
