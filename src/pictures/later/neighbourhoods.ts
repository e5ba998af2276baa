// What does it find new, and does it learn it? A row a neighbourhood of the pool, a column a step: the loss of the rows
// that were trained for the first time then, and whether the neighbourhood was open: its next row expected to teach at
// least as much as one drawn at random.
import { scaleLinear } from "d3-scale";
import { count, percent } from "../../lib/format";
import type { RunView } from "../../log/view";
import { group, label, line, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";
import { highest, place } from "../pool/nats";
import type { Picture } from "../picture";

/** Rows at most, the largest neighbourhoods; all of them are in the table. */
const ROWS = 40;
const ROW = 15;
const RAMP = ["--e0", "--e1", "--e2", "--e3", "--e4"];

export interface Neighbourhood {
  name: string;
  /** Samples of the pool in it. */
  size: number;
  /** First sights by step; nats a target token. */
  sights: { step: number; lossNats: number }[];
  /** Steps after which it was open. */
  open: number[];
  /** Rows chosen out of it. */
  chosen: number;
}

/** In the order of the log: the largest first. */
export function neighbourhoodsOf({ batches: { names, parts, steps } }: RunView): Neighbourhood[] {
  const all = names.map((name): Neighbourhood => ({ name, size: 0, sights: [], open: [], chosen: 0 }));
  for (const part of parts) all[part].size++;
  for (const { step, firstSights, open, chosen } of steps) {
    for (const { sample, lossNats } of firstSights) all[parts[sample]].sights.push({ step, lossNats });
    for (const part of open) all[part].open.push(step);
    for (const { sample } of chosen) all[parts[sample]].chosen++;
  }
  return all;
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Loss of the first and of the last quarter of its first sights, nats; null before there is one. */
export function courseOf({ sights }: Neighbourhood): [number, number] | null {
  if (sights.length === 0) return null;
  const quarter = Math.max(1, Math.floor(sights.length / 4));
  const losses = sights.map(({ lossNats }) => lossNats);
  return [mean(losses.slice(0, quarter)), mean(losses.slice(-quarter))];
}

const lastStep = (run: RunView): number =>
  Math.max(run.planned.steps, run.batches.steps.at(-1)?.step ?? 0, 1);
const toldOf = (loss: number): string => loss.toFixed(2);

function figureOf(run: RunView, width: number): Figure {
  const rows = neighbourhoodsOf(run).slice(0, ROWS);
  const steps = lastStep(run);
  const left = Math.min(170, width * 0.36);
  const top = 20;
  const x = scaleLinear([0, steps], [left, width - 8]);
  // Steps that share a cell are averaged: a cell is never thinner than three pixels.
  const bins = Math.max(1, Math.min(steps, Math.floor((width - 8 - left) / 3)));
  const binOf = (step: number): number => Math.min(bins - 1, Math.floor(((step - 1) * bins) / steps));
  const cell = (width - 8 - left) / bins;
  const high = highest(
    rows.reduce((m, { sights }) => sights.reduce((n, s) => Math.max(n, s.lossNats), m), 0),
  );
  const letters = Math.max(6, Math.floor((left - 8) / 6.4));
  const marks: Mark[] = rows.map((row, r) => {
    const y = top + r * ROW;
    const cells = new Map<number, number[]>();
    for (const { step, lossNats } of row.sights)
      cells.set(binOf(step), [...(cells.get(binOf(step)) ?? []), lossNats]);
    const name = row.name.length > letters ? `${row.name.slice(0, letters - 1)}…` : row.name;
    const inner: Mark[] = [
      label(left - 6, y + 10, name, { "text-anchor": "end", fill: "var(--text)" }),
      line(left, y + ROW - 2, width - 8, y + ROW - 2, { stroke: "var(--line)" }),
      ...stretches(row.open.map(binOf)).map(([from, to]) =>
        rect(left + from * cell, y + ROW - 3.5, (to - from) * cell, 2.5, { fill: "var(--pick)" }),
      ),
      ...[...cells].map(([bin, losses]) =>
        rect(left + bin * cell, y + 1, Math.max(2, cell - 0.5), ROW - 6, {
          fill: `var(${RAMP[Math.min(4, Math.floor(place(mean(losses), high) * 5))]})`,
        }),
      ),
    ];
    const course = courseOf(row);
    const told = course ? `first sights ${toldOf(course[0])} → ${toldOf(course[1])} nats` : "not seen yet";
    const text = `${row.name}: ${told}; ${count(row.sights.length)} of ${count(row.size)} seen, ${count(row.chosen)} chosen`;
    return group([...inner, { tag: "title", attrs: {}, text }]);
  });
  const height = top + rows.length * ROW + 6;
  marks.push(
    label(x(0), 12, "step 1", { fill: "var(--faint)" }),
    label(x(steps), 12, String(steps), { "text-anchor": "end", fill: "var(--faint)" }),
  );
  return { width, height, marks };
}

/** Runs of neighbouring numbers as [first, behind the last). */
function stretches(bins: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const bin of bins) {
    const last = found.at(-1);
    if (last && bin <= last[1]) last[1] = bin + 1;
    else found.push([bin, bin + 1]);
  }
  return found;
}

function tableOf(run: RunView): TableData {
  const last = run.batches.steps.at(-1)?.step ?? 0;
  return {
    columns: [
      "Neighbourhood",
      "#Samples",
      "#Seen",
      "#Chosen",
      "#First sights at first, nats",
      "#At last, nats",
      "Now",
    ],
    rows: neighbourhoodsOf(run).map((row) => {
      const course = courseOf(row);
      const now = row.open.at(-1) === last ? "open" : "shut";
      const [from, to] = course?.map(toldOf) ?? ["", ""];
      return [row.name, row.size, row.sights.length, row.chosen, from, to, now];
    }),
  };
}

export const picture: Picture = {
  id: "neighbourhoods",
  place: 35,
  question: "What is new to it, and does it learn it?",
  follows: ["picks", "pool", "run"],
  applies: ({ run }) => run.batches.names.length > 0 && run.batches.steps.length > 0,
  sentence({ run }) {
    const { steps } = run.batches;
    const last = steps[steps.length - 1];
    const chosen = steps.reduce((sum, step) => sum + step.chosen.length, 0);
    const all = steps.reduce((sum, step) => sum + step.random.length, chosen);
    const why = !last.gain
      ? "; too little was seen to tell whether that gains"
      : last.paid
        ? `; they drop by ${last.gain.gain.toFixed(3)} ± ${last.gain.error.toFixed(3)} more at first sight than those in random order, so it goes on`
        : `; they drop no more at first sight than those in random order, so nearly all rows follow that now`;
    return (
      `By step ${last.step}, ${count(chosen)} of ${count(all)} rows (${percent(chosen / all)}) were chosen out of ` +
      `${count(run.batches.names.length)} neighbourhoods, ${count(last.open.length)} of them open${last.paid === null ? "" : why}.`
    );
  },
  figure: ({ run }, width) => figureOf(run, width),
  table: ({ run }) => tableOf(run),
  key: () => [
    { mark: "", color: "var(--e0)", text: "known at first sight" },
    { mark: "", color: "var(--e4)", text: "high loss at first sight, logarithmic" },
    { mark: "k-line k-pick", text: "open: its next row should teach as much as one drawn at random" },
  ],
};
