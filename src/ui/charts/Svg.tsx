// Shows a figure as SVG. Its data has SVG's attribute names; React wants a few of them in camel case.
import { createElement, memo, type ReactNode } from "react";
import type { Figure, Mark } from "./scene";

const camel = (name: string): string =>
  name.startsWith("data-") ? name : name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

function show(mark: Mark, key: number): ReactNode {
  const props: Record<string, string | number> = { key };
  for (const [name, value] of Object.entries(mark.attrs)) props[camel(name)] = value;
  return createElement(mark.tag, props, mark.text ?? mark.children?.map(show));
}

/** The figure as an image with a name. */
export const Svg = memo(function Svg({ figure, name }: { figure: Figure; name: string }) {
  return (
    <svg
      className="figure"
      viewBox={`0 0 ${figure.width} ${figure.height}`}
      width={figure.width}
      height={figure.height}
      role="img"
      aria-label={name}
    >
      {figure.marks.map(show)}
    </svg>
  );
});
