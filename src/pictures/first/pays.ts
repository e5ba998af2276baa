// Does it pay? Test accuracy against cost, the baseline run in grey, each with a band: the test set's own error, or the
// spread over seeds where there are several.
import { costToReach, meanOverCost } from "../../curriculum/paired";
import { strategyLabel } from "../../curriculum/registry";
import { count, list, percent, short } from "../../lib/format";
import type { CostAxis, EvaluationView } from "../../log/view";
import { lines, type LineSeries } from "../../ui/charts/lines";
import type { TableData } from "../../ui/controls/DataTable";
import { ownName, type Frame, type KeyEntry, type Picture } from "../picture";
import { fieldOf, type Field } from "../race/pairs";
import { axisNotes, besideText, raceSentence, seedBand, wayText } from "../race/race";

function raceTable(field: Field): TableData {
  const rows: (string | number)[][] = [];
  const add = (name: string, seed: number, list: readonly EvaluationView[]): void => {
    for (const e of list)
      rows.push([
        name,
        seed,
        e.round,
        e.steps,
        e.trainTokens,
        e.allTokens,
        e.seconds.toFixed(1),
        percent(e.value, 1),
        `${percent(e.interval[0])} to ${percent(e.interval[1])}`,
      ]);
  };
  for (const pair of field.pairs) {
    add(strategyLabel(field.own), pair.seed, pair.own);
    add(strategyLabel(field.other), pair.seed, pair.other);
  }
  for (const { strategy, pairs } of field.beside)
    for (const pair of pairs) add(strategyLabel(strategy), pair.seed, pair.own);
  return {
    columns: [
      "Order",
      "#Seed",
      "#Round",
      "#Steps",
      "#Training tokens",
      "#All tokens",
      "#Seconds",
      "#Right",
      "95 %",
    ],
    rows,
  };
}

const xy = (list: readonly EvaluationView[], axis: CostAxis) => list.map((e) => [e[axis], e.value] as const);

/** Orders beside the two have colours of their own, as many as stories need. */
const besideColor = (k: number): string => `var(--beside-${(k % 3) + 1})`;

function raceSeries(field: Field, axis: CostAxis): LineSeries[] {
  const [first] = field.pairs;
  const series: LineSeries[] = [];
  const step = first.own.at(-1)?.step ?? 0;
  const side = (
    id: string,
    color: string,
    main: readonly EvaluationView[],
    runs: EvaluationView[][],
  ): void => {
    if (main.length === 0) return;
    const seeds = runs.length > 1 ? seedBand(runs, axis) : [];
    if (seeds.length > 1)
      series.push({
        id: `${id}-seeds`,
        name: `${id}, seeds`,
        color,
        points: seeds.map((s) => [s.x, s.mean]),
        band: seeds.map((s) => [s.low, s.high]),
        faint: true,
        dashed: true,
      });
    const reached = main.filter((e) => e.step <= step);
    series.push({
      id,
      name: strategyLabel(id),
      color,
      points: xy(reached, axis),
      ...(seeds.length > 1 ? {} : { band: reached.map((e) => e.interval) }),
      dots: true,
    });
    if (main.length > reached.length && seeds.length < 2)
      series.push({
        id: `${id}-rest`,
        name: `${id}, later`,
        color,
        points: xy(main.slice(Math.max(0, reached.length - 1)), axis),
        faint: true,
      });
  };
  const whole = (runs: Field["ownRuns"]) => runs.map((run) => run.evaluations);
  side(
    field.other,
    "var(--random)",
    first.other,
    first.other.length ? [[...first.other], ...whole(field.otherRuns)] : [],
  );
  field.beside.forEach(({ strategy, pairs }, k) => {
    const mean = seedBand(
      pairs.map(({ own }) => [...own]),
      axis,
    );
    series.push({
      id: strategy,
      name: strategyLabel(strategy),
      color: besideColor(k),
      points: pairs.length > 1 ? mean.map((s) => [s.x, s.mean]) : xy(pairs[0].own, axis),
      dots: true,
    });
  });
  // The seeds of the order on the page are only known up to the round that it has reached itself.
  const upTo = whole(field.ownRuns).map((list) => list.filter((e) => e.step <= step));
  side(field.own, "var(--pick)", first.own, [[...first.own], ...upTo]);
  return series;
}

const fieldIn = ({ run, baseline, baselineStrategy, seeds }: Frame): Field =>
  fieldOf(run, baselineStrategy, baseline, seeds);

/** Area under the curve of one run, and what half and four fifths had cost. */
function onTheWay({ run, axis }: Frame): string {
  const curve = run.evaluations.map((test) => ({ cost: test.allTokens, value: test.value }));
  const end = curve.at(-1)?.cost ?? 0;
  if (end <= 0 || axis !== "allTokens") return "";
  const reached = [0.5, 0.8].map((share) => {
    const cost = costToReach(curve, share);
    return `${percent(share)} ${cost === null ? "was not reached" : `after ${count(cost)}`}`;
  });
  return `Over all these tokens it was ${percent(meanOverCost(curve, end))} in the mean; ${list(reached)}.`;
}

export const picture: Picture = {
  id: "pays",
  place: 20,
  question: "Does it pay?",
  follows: ["evaluations", "groups", "run", "axis"],
  applies: ({ run, room }) => room || run.evaluations.length > 0,
  sentence(frame) {
    const { own, other, pairs } = fieldIn(frame);
    return raceSentence(pairs, strategyLabel(own) || "this run", strategyLabel(other), frame.axis);
  },
  figure(frame, width) {
    const { axis, whole } = frame;
    const series = raceSeries(fieldIn(frame), axis);
    const ends = series.flatMap((s) => s.points.map(([x]) => x));
    const last = Math.max(...ends, whole.spent[axis], 1);
    return lines({
      width,
      height: width < 420 ? 240 : 270,
      series,
      xDomain: [0, last * 1.03],
      yDomain: [0, 1],
      yTicks: [0, 0.25, 0.5, 0.75, 1],
      formatY: (value) => percent(value),
      formatX: (value) => (axis === "seconds" ? `${short(value)} s` : short(value)),
    });
  },
  table: (frame) => raceTable(fieldIn(frame)),
  key(frame) {
    const { other, pairs, beside } = fieldIn(frame);
    const entries: KeyEntry[] = [{ mark: "k-line k-pick", text: ownName(frame) || "this run" }];
    const recorded = frame.baselineRecorded ? ", recorded" : "";
    if (other !== "")
      entries.push({ mark: "k-line k-random", text: `[[${other}|${strategyLabel(other)}]]${recorded}` });
    beside.forEach(({ strategy, pairs: { length } }, k) =>
      entries.push({
        mark: "k-line",
        color: besideColor(k),
        text: `[[${strategy}|${strategyLabel(strategy)}]]${length > 1 ? `, mean of ${length} seeds` : ""}`,
      }),
    );
    entries.push({
      mark: "",
      text:
        pairs.length > 1
          ? `[[band]]: lowest to highest of ${pairs.length} seeds, dashed their mean`
          : "[[band]]: 95 % interval of one run, from its test questions",
    });
    return entries;
  },
  notes(frame) {
    const { run, baseline, axis } = frame;
    const { own, other, pairs, beside } = fieldIn(frame);
    const uneven = axis === "seconds" && pairs.find(({ unevenSeconds }) => unevenSeconds)?.unevenSeconds;
    const clocks = uneven ? `. ${uneven}` : "";
    const way = baseline
      ? wayText(pairs, axis, strategyLabel(own), strategyLabel(other))
      : frame.room
        ? ""
        : onTheWay(frame);
    const others = besideText(beside, strategyLabel(other), axis);
    const counted = axisNotes[run.groups.length > 0 ? "reward" : "supervised"][axis] + clocks;
    return [others, counted, way].filter(Boolean);
  },
};
