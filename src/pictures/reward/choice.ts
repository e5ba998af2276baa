// The candidates of one reinforcement step in the order they were ranked: which were trained, and what their
// rewards then showed. Pure.
import { scaleLinear } from "d3-scale";
import { count, plural } from "../../lib/format";
import { circle, group, label, line, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";
import { dead, mean, type Group, type Judged } from "./groups";

export interface Candidate {
  sample: number;
  /** 1 = ranked first; equals share the better place. */
  rank: number;
  /** Candidates with the same value, itself included. */
  equals: number;
  /** null = none or unreadable. */
  forecast: number | null;
  /** What it was ranked by, a stand-in included. */
  value: number;
  chosen: boolean;
  /** Chosen by the random slice. */
  explored: boolean;
  /** Variance of its rewards, where it was studied. */
  observed: number | null;
  /** Why it was chosen, in the strategy's words; null where values tell. */
  because: string | null;
}

/** The stand-in's old value where a log does not name it. */
const STAND_IN = 0.1;

export function candidatesOf(judged: Judged, groups: readonly Group[]): Candidate[] {
  const { candidates, forecasts, ranking, standIn = STAND_IN } = judged;
  const values = (ranking ?? forecasts).map((value) => value ?? standIn);
  const chosen = new Set(judged.selected);
  const explored = new Set(judged.exploration);
  const because = new Map(judged.selected.map((sample, i) => [sample, judged.because?.[i] ?? null]));
  const own = new Map(
    groups.filter(({ step }) => step === judged.step).map((g) => [g.sample, g.variance] as const),
  );
  return candidates
    .map((sample, i) => ({
      sample,
      rank: 1 + values.filter((value) => value > values[i]).length,
      equals: values.filter((value) => value === values[i]).length,
      forecast: forecasts[i],
      value: values[i],
      chosen: chosen.has(sample),
      explored: explored.has(sample),
      observed: own.get(sample) ?? null,
      because: because.get(sample) ?? null,
    }))
    .sort((a, b) => b.value - a.value || Number(b.chosen) - Number(a.chosen));
}

/** Why one candidate was studied or left out. */
export function whyWords(candidate: Candidate, all: readonly Candidate[], ranksOnly: boolean): string {
  const { chosen, explored, forecast, value, rank, equals, because } = candidate;
  if (because !== null) return because;
  if (explored) return "drawn at random: the random slice";
  const said = ranksOnly
    ? `rank ${rank} of ${all.length}`
    : forecast === null
      ? `forecast unreadable, counted as ${value.toFixed(2)}`
      : `forecast ${forecast.toFixed(2)}, rank ${rank} of ${all.length}`;
  const split = equals > 1 && all.some((c) => c.value === value && !c.explored && c.chosen !== chosen);
  return split ? `${said}, equal to ${plural(equals - 1, "other")}: decided at random` : said;
}

/** Whether the order of this step says nothing of variance: uniform draws and PCL. */
export const ranksOnly = (judged: Judged): boolean =>
  judged.forecasts.every((forecast) => forecast === null) && judged.ranking !== undefined;

export function choiceSentence(judged: Judged, groups: readonly Group[]): string {
  const all = candidatesOf(judged, groups);
  const chosen = all.filter((c) => c.chosen);
  const ranked = chosen.filter((c) => !c.explored);
  const missed = all.find((c) => !c.chosen);
  const own = groups.filter(({ step }) => step === judged.step);
  const none = own.filter(dead).length;
  const most = ranksOnly(judged)
    ? `${count(chosen.length)} were studied`
    : `it studied the ${count(ranked.length)} with the highest forecasts, ${ranked[0]?.value.toFixed(2)} to ${ranked.at(-1)?.value.toFixed(2)}`;
  const best = ranked.at(-1);
  const equal = all.filter((c) => !c.explored && c.value === best?.value);
  const drawn = equal.filter((c) => c.chosen).length;
  const beat =
    !missed || !best || ranksOnly(judged)
      ? ""
      : missed.value === best.value
        ? `; ${count(equal.length)} shared the last place, and ${count(drawn)} of them were drawn at random`
        : `; the best left out had ${missed.value.toFixed(2)}`;
  const slice =
    judged.exploration.length > 0 ? `, and ${count(judged.exploration.length)} drawn at random` : "";
  const then =
    own.length > 0
      ? ` Their rewards then varied by ${mean(own.map((g) => g.variance)).toFixed(3)} on average; ${count(none)} of ${count(own.length)} taught nothing.`
      : "";
  return `Step ${judged.step}: of ${plural(all.length, "candidate")} ${most}${slice}${beat}.${then}`;
}

/** Rows at most; a larger pool of candidates is in the table. */
const ROWS = 24;
const ROW = 19;

export function choiceFigure(
  judged: Judged,
  groups: readonly Group[],
  prompt: (sample: number) => string,
  width: number,
): Figure {
  const all = candidatesOf(judged, groups);
  const shown = all.slice(0, ROWS);
  const plain = ranksOnly(judged);
  const bars = Math.max(96, Math.min(250, width * 0.34));
  const left = 24;
  const x = scaleLinear([0, 0.25], [left, left + bars]);
  const words = Math.max(8, Math.floor((width - x(0.25) - 34) / 6));
  const top = 22;
  const height = top + shown.length * ROW + 8;
  const marks: Mark[] = [];
  for (const tick of plain ? [] : [0, 0.125, 0.25])
    marks.push(
      line(x(tick), top - 4, x(tick), height - 6, { stroke: "var(--line)" }),
      label(x(tick), top - 9, String(tick), { "text-anchor": "middle", fill: "var(--faint)" }),
    );
  shown.forEach((candidate, row) => {
    const y = top + row * ROW;
    const { chosen, forecast, value, rank, observed } = candidate;
    const text = prompt(candidate.sample);
    const inner: Mark[] = [
      label(left - 6, y + 12, String(rank), { "text-anchor": "end", fill: "var(--faint)" }),
    ];
    if (!plain)
      inner.push(
        rect(x(0), y + 3, Math.max(1.5, x(Math.max(0, value)) - x(0)), ROW - 8, {
          fill: forecast === null ? "none" : chosen ? "var(--pick)" : "var(--e2)",
          ...(forecast === null ? { stroke: "var(--random)", "stroke-dasharray": "3 2" } : {}),
        }),
      );
    if (observed !== null)
      inner.push(
        circle(x(observed), y + ROW / 2 - 0.5, 4, {
          fill: "var(--card)",
          stroke: "var(--text)",
          "stroke-width": 1.6,
        }),
      );
    inner.push(
      label(x(0.25) + 14, y + 12.5, chosen ? "✓" : "", { fill: "var(--pick)" }),
      label(x(0.25) + 28, y + 12.5, text.length > words ? `${text.slice(0, words - 1)}…` : text, {
        fill: chosen ? "var(--text)" : "var(--faint)",
      }),
    );
    const title = `${text} ${chosen ? "Studied" : "Left out"}: ${whyWords(candidate, all, plain)}${observed === null ? "" : `; observed ${observed.toFixed(3)}`}`;
    marks.push({ ...group(inner), children: [...inner, { tag: "title", attrs: {}, text: title }] });
  });
  return { width, height, marks };
}

export function choiceTable(
  judged: Judged,
  groups: readonly Group[],
  prompt: (sample: number) => string,
): TableData {
  const all = candidatesOf(judged, groups);
  const plain = ranksOnly(judged);
  return {
    columns: ["#Rank", "Prompt", "#Forecast variance", "Studied", "Why", "#Observed variance"],
    rows: all.map((candidate) => [
      candidate.rank,
      prompt(candidate.sample),
      candidate.forecast?.toFixed(3) ?? "none",
      candidate.chosen ? "yes" : "no",
      whyWords(candidate, all, plain),
      candidate.observed?.toFixed(4) ?? "not rolled out",
    ]),
  };
}
