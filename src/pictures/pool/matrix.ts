// The heatmap of samples × rounds: its columns and tables, and the figure in the report and in saved files. Pure.
import type { RunView } from "../../log/view";
import { place } from "./nats";
import { ranksOf } from "../../log/order";
import { columnBoxes, columnLines, type RasterColumn } from "../../ui/charts/raster";
import { group, label, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";

/** One column a planned round; the ones to come are empty. */
export function columnsOf(view: RunView, baseline: RunView | null): RasterColumn[] {
  const rounds = Math.max(view.planned.rounds, view.rounds.length, 1);
  const samePool = baseline !== null && baseline.samples.length === view.samples.length;
  return Array.from({ length: rounds }, (_, r) => {
    const round = view.rounds[r];
    return {
      scores: round?.scores ?? null,
      picked: round?.picked ?? null,
      baseline: samePool && round?.picked ? (baseline.rounds[r]?.picked ?? null) : null,
    };
  });
}

export function matrixTable(view: RunView, order: Uint32Array): TableData {
  const rounds = view.rounds.filter((round) => round.scores ?? round.picked);
  const unit = rounds[0]?.unit ?? "nats";
  return {
    columns: [
      "Question",
      ...rounds.flatMap((round) => [`#Round ${round.round}, ${unit}`, `Picked ${round.round}`]),
    ],
    rows: Array.from(order, (sample) => [
      view.samples[sample].prompt,
      ...rounds.flatMap((round) => {
        const value = round.scores?.[sample] ?? NaN;
        const rank = round.scores && !Number.isNaN(value) ? ranksOf(round.scores)[sample] : 0;
        return [
          Number.isNaN(value) ? "not scored" : value.toFixed(3),
          round.picked?.[sample] ? (rank > 0 ? `yes, rank ${rank}` : "yes") : "no",
        ];
      }),
    ]),
  };
}

const RAMP = ["--e0", "--e1", "--e2", "--e3", "--e4"];

/** The matrix as a drawing to keep: at most `lines` rows, rows that share one are averaged. */
export function matrixFigure(
  columns: readonly RasterColumn[],
  order: Uint32Array,
  high: number,
  width = 760,
  lines = 400,
): Figure {
  const height = 460;
  const top = 24;
  const boxes = columnBoxes(width, columns.length, 12, 8, 5);
  const tall = Math.min(lines, order.length);
  const step = (height - top) / Math.max(1, tall);
  const marks: Mark[] = [];
  columns.forEach((column, c) => {
    const { x, cells, width: whole } = boxes[c];
    const inner: Mark[] = [label(x, 14, `round ${c + 1}`, { fill: "var(--faint)" })];
    if (!column.scores && !column.picked)
      inner.push(
        rect(x, top, whole, height - top, {
          fill: "none",
          stroke: "var(--line)",
          "stroke-dasharray": "3 4",
          rx: 4,
        }),
      );
    else {
      const { score, picked, baseline } = columnLines(column, order, tall);
      for (let y = 0; y < tall; y++) {
        const at = top + y * step;
        if (!Number.isNaN(score[y]))
          inner.push(
            rect(x, at, cells, step, {
              fill: `var(${RAMP[Math.min(4, Math.floor(place(score[y], high) * 5))]})`,
            }),
          );
        if (picked[y] > 0) inner.push(rect(x + cells + 2, at, 6, step, { fill: "var(--pick)" }));
        if (baseline[y] > 0) inner.push(rect(x + cells + 10, at, 3, step, { fill: "var(--random)" }));
      }
    }
    marks.push(group(inner, { "data-round": c + 1 }));
  });
  return { width, height, marks };
}
