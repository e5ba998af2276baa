// Figures of the data page: how many rows have which length, and which answers come most often. Bars of equal width, so that
// a button can lie over each. Pure.
import { scaleLinear } from "d3-scale";
import type { Counted, LengthBin } from "../../data/draft/list";
import { count, plural } from "../../lib/format";
import { label, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";

/** Heights, px. */
const BARS = 72;
const AXIS = 16;
export const ANSWER_ROW = 26;

/** "40 to 59 characters" */
export const lengthName = ({ from, to }: LengthBin, unit = "character"): string =>
  to - from === 1 ? plural(from, unit) : `${count(from)} to ${count(to - 1)} ${unit}s`;

const chosenFill = (chosen: boolean, any: boolean): string =>
  chosen ? "var(--pick)" : any ? "var(--e2)" : "var(--e3)";

export function lengthFigure(
  bins: readonly LengthBin[],
  chosen: readonly [number, number] | null,
  width: number,
): Figure {
  const y = scaleLinear([0, Math.max(1, ...bins.map(({ rows }) => rows))], [0, BARS - 8]);
  const step = width / Math.max(1, bins.length);
  const marks: Mark[] = bins.map(({ from, rows }, i) => {
    const tall = rows === 0 ? 0 : Math.max(1.5, y(rows));
    return rect(i * step + 0.5, BARS - tall, step - 1, tall, {
      fill: chosenFill(chosen?.[0] === from, chosen !== null),
    });
  });
  marks.push(rect(0, BARS, width, 1, { fill: "var(--line)" }));
  const last = bins.length - 1;
  const tick = (i: number, anchor: string, text: string) =>
    label(anchor === "end" ? width : i * step, BARS + 13, text, {
      "text-anchor": anchor,
      fill: "var(--faint)",
    });
  if (bins.length > 0) marks.push(tick(0, "start", count(bins[0].from)));
  const middle = Math.ceil(bins.length / 2);
  if (bins.length > 4) marks.push(tick(middle, "start", count(bins[middle].from)));
  if (bins.length > 1) marks.push(tick(last, "end", `to ${count(bins[last].to - 1)}`));
  return { width, height: BARS + AXIS, marks };
}

/** "Half of the 480 questions have at most 52 characters; the longest has 1,204." */
export function lengthSentence(
  bins: readonly LengthBin[],
  longest: number,
  noun: string,
  unit = "character",
): string {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  if (rows === 0) return `There is no ${noun} yet.`;
  let below = 0;
  const half = bins.find((bin) => (below += bin.rows) * 2 >= rows)!;
  return `Half of the ${plural(rows, noun)} have at most ${plural(half.to - 1, unit)}; the longest has ${count(longest)}.`;
}

export const lengthTable = (bins: readonly LengthBin[]): TableData => ({
  columns: ["#From", "#To", "#Rows"],
  rows: bins.map(({ from, to, rows }) => [from, to - 1, rows]),
});

export function answerFigure(counted: Counted, chosen: string | null, width: number): Figure {
  const { answers } = counted;
  const x = scaleLinear([0, Math.max(1, ...answers.map(({ rows }) => rows))], [0, width]);
  const marks = answers.flatMap(({ text, rows }, i): Mark[] => {
    const top = i * ANSWER_ROW;
    const letters = Math.max(8, Math.floor(width / 8) - 8);
    return [
      rect(0, top + ANSWER_ROW - 7, Math.max(2, x(rows)), 4, {
        fill: chosenFill(chosen === text, chosen !== null),
      }),
      label(0, top + 14, text.length > letters ? `${text.slice(0, letters)}…` : text, {
        fill: "var(--text)",
        "font-size": 12.5,
      }),
      label(width, top + 14, count(rows), { "text-anchor": "end", fill: "var(--soft)", "font-size": 12.5 }),
    ];
  });
  return { width, height: Math.max(1, answers.length) * ANSWER_ROW, marks };
}

/** "so 4 comes most often, 12 times; there are 37 different answers." */
export function answerSentence({ answers, otherAnswers }: Counted): string {
  const different = answers.length + otherAnswers.different;
  if (different === 0) return "There is no answer yet.";
  const [first] = answers;
  if (first.rows === 1) return `No answer comes twice: ${plural(different, "different answer")} in all.`;
  const text = first.text.length > 40 ? `${first.text.slice(0, 40)}…` : first.text;
  return `“${text}” comes most often, ${plural(first.rows, "time")}; there are ${plural(different, "different answer")}.`;
}

export const answerTable = ({ answers, otherAnswers }: Counted): TableData => ({
  columns: ["Answer", "#Rows"],
  rows: [
    ...answers.map(({ text, rows }) => [text, rows]),
    ...(otherAnswers.different > 0
      ? [[`${plural(otherAnswers.different, "other answer")}`, otherAnswers.rows]]
      : []),
  ],
});
