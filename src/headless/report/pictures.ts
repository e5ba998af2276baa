// The pictures of a report: each a question, a sentence read from the data, a figure and the numbers as a table.
// A picture without data is null, never an empty frame.
import { costToReach, meanOverCost } from "../../curriculum/paired";
import { count, list, percent, score, short } from "../../lib/format";
import { lines } from "../../ui/charts/lines";
import { histogram, ridges } from "../../ui/charts/ridges";
import { linear, niceCeil, ticks } from "../../ui/charts/scale";
import { label, rect, type Figure, type Mark } from "../../ui/charts/scene";
import type { Gathered } from "./gather";
import type { Table } from "./markup";

export interface Picture {
  id: string;
  question: string;
  sentence: string;
  figure: Figure;
  table: Table;
}

const WIDTH = 860;
const isNumber = (value: number): boolean => !Number.isNaN(value);
const scored = (data: Gathered): Gathered["rounds"] => data.rounds.filter((r) => r.scores.some(isNumber));
const largest = (values: Iterable<number>): number => {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
};

/** Rows of the matrix at most: more samples share a row, whose colour is then their mean. */
const MAX_ROWS = 240;

export function heatmap(data: Gathered): Picture | null {
  const { pool, rounds } = data;
  if (pool.length === 0 || rounds.length === 0) return null;
  const first = new Map<number, number>();
  for (const { round, picks } of rounds)
    for (const { sample } of picks) if (!first.has(sample)) first.set(sample, round);
  const order = pool
    .map((_, i) => i)
    .sort((a, b) => (first.get(a) ?? Infinity) - (first.get(b) ?? Infinity) || a - b || 0);
  const perRow = Math.ceil(order.length / MAX_ROWS);
  const rows = Math.ceil(order.length / perRow);
  const cell = Math.max(2, Math.min(8, Math.floor(480 / rows)));
  const [left, top] = [8, 20];
  const x = linear([0, rounds.length], [left, WIDTH - 8]);
  const most = niceCeil(largest(rounds.flatMap((r) => r.scores.filter(isNumber))));
  const marks: Mark[] = [];
  rounds.forEach((round, c) => {
    const picked = new Set(round.picks.map((p) => p.sample));
    const [from, to] = [x(c), x(c + 1) - 16];
    marks.push(label(from, 12, `round ${round.round}`, { fill: "var(--faint)" }));
    for (let row = 0; row < rows; row++) {
      const members = order.slice(row * perRow, (row + 1) * perRow);
      const values = members.map((sample) => round.scores[sample] ?? NaN).filter(isNumber);
      const share = values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length / most : NaN;
      const y = top + row * cell;
      marks.push(rect(from, y, to - from, cell, isNumber(share) ? { fill: ramp(share) } : { fill: "none" }));
      const chosen = members.filter((sample) => picked.has(sample)).length;
      if (chosen > 0)
        marks.push(
          rect(to + 1, y, 9, cell, { fill: "var(--pick)", opacity: 0.35 + (0.65 * chosen) / members.length }),
        );
    }
  });
  const never = pool.length - first.size;
  return {
    id: "heatmap",
    question: "What did it study, and when?",
    sentence: `Rows are ${count(pool.length)} samples in the order they were first picked, columns are rounds; darker is a higher score, the orange rail marks picks. ${count(first.size)} were picked at least once, ${count(never)} never.`,
    figure: { width: WIDTH, height: top + rows * cell + 4, marks },
    table: {
      head: ["round", "picked", "new", "also picked in the round before", "mean score", "threshold"],
      rows: rounds.map((r) => [
        String(r.round),
        String(r.picks.length),
        String(r.new),
        String(r.overlap),
        r.meanScore === null ? "–" : score(r.meanScore, data.unit),
        r.threshold === null ? "–" : score(r.threshold, data.unit),
      ]),
    },
  };
}

const ramp = (share: number): string => `var(--e${Math.max(0, Math.min(4, Math.round(share * 4)))})`;

export function entropyByRound(data: Gathered): Picture | null {
  const rounds = scored(data);
  if (rounds.length === 0) return null;
  const domain = [0, niceCeil(largest(rounds.flatMap((r) => r.scores.filter(isNumber))))] as const;
  const means = rounds.map((r) => {
    const values = r.scores.filter(isNumber);
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
  const nearZero = (r: (typeof rounds)[number]) =>
    r.scores.filter((v) => v < domain[1] / 50).length / r.scores.filter(isNumber).length;
  const figure = ridges({
    width: WIDTH,
    rowHeight: 54,
    domain,
    rows: rounds.map((r, i) => ({
      name: `round ${r.round}`,
      counts: histogram(r.scores, domain, 40),
      chosen: histogram(r.scores, domain, 40, chosenOf(r, data.pool.length)),
      threshold: r.threshold,
      mean: means[i],
      current: false,
    })),
    xTicks: ticks(domain, 5).map((at) => ({ at, text: String(at) })),
    formatThreshold: (value) => `threshold ${value.toFixed(2)}`,
  });
  return {
    id: "entropy",
    question: "Is it getting surer, and what does it chase?",
    sentence: `The pool's mean score went from ${score(means[0], data.unit)} to ${score(means[means.length - 1], data.unit)}; the picked part is filled. Bar heights are square roots of counts.`,
    figure,
    table: {
      head: ["round", "mean score", "near zero", "threshold"],
      rows: rounds.map((r, i) => [
        String(r.round),
        score(means[i], data.unit),
        percent(nearZero(r)),
        r.threshold === null ? "–" : score(r.threshold, data.unit),
      ]),
    },
  };
}

function chosenOf(round: Gathered["rounds"][number], samples: number): Uint8Array {
  const chosen = new Uint8Array(samples);
  for (const { sample } of round.picks) chosen[sample] = 1;
  return chosen;
}

/** Area under the curve, and what half and four fifths had cost. */
function onTheWay(points: readonly (readonly [tokens: number, value: number])[]): string {
  const curve = points.map(([cost, value]) => ({ cost, value }));
  const end = curve[curve.length - 1].cost;
  if (end <= 0) return "";
  const reached = [0.5, 0.8].map((share) => {
    const cost = costToReach(curve, share);
    return `${percent(share)} ${cost === null ? "was not reached" : `after ${count(cost)}`}`;
  });
  return `Over all these tokens it was ${percent(meanOverCost(curve, end))} in the mean; ${list(reached)}.`;
}

export function race(data: Gathered): Picture | null {
  const { evaluations, tokensAt } = data;
  if (evaluations.length === 0) return null;
  const points = evaluations.map((e, i) => [tokensAt[i], e.value] as const);
  const trained = data.steps.reduce((sum, s) => sum + s.tokens, 0);
  const [before, after] = [evaluations[0], evaluations[evaluations.length - 1]];
  return {
    id: "race",
    question: "Does it pay?",
    sentence: `${after.metric} went from ${percent(before.value)} to ${percent(after.value)} on ${count(after.n)} test samples, for ${count(tokensAt[tokensAt.length - 1])} tokens of which ${count(trained)} were trained on. ${onTheWay(points)} The band is the 95 % interval of one run; it says nothing about other orders.`,
    figure: lines({
      width: WIDTH,
      height: 240,
      yDomain: [0, 1],
      series: [
        {
          id: "run",
          name: "this run",
          color: "var(--pick)",
          points,
          band: evaluations.map((e) => e.interval),
          dots: true,
        },
      ],
      formatX: short,
      formatY: (value) => percent(value),
    }),
    table: {
      head: ["round", "step", "tokens so far", after.metric, "95 % interval"],
      rows: evaluations.map((e, i) => [
        String(e.round),
        String(e.step),
        count(tokensAt[i]),
        percent(e.value, 1),
        `${percent(e.interval[0], 1)} to ${percent(e.interval[1], 1)}`,
      ]),
    },
  };
}

export function loss(data: Gathered): Picture | null {
  const { steps } = data;
  if (steps.length === 0) return null;
  const values = steps.map((s) => s.loss).filter(Number.isFinite);
  const low = Math.min(0, ...values);
  const skipped = steps.filter((s) => s.skipped).length;
  return {
    id: "loss",
    question: "Does it learn what it studies?",
    sentence: `Loss a step, from ${values[0]?.toFixed(3) ?? "–"} to ${values[values.length - 1]?.toFixed(3) ?? "–"}. Every round brings other samples, so jumps between rounds are no setback.${skipped > 0 ? ` ${count(skipped)} steps were not finite and changed nothing.` : ""}`,
    figure: lines({
      width: WIDTH,
      height: 200,
      yDomain: [low, niceCeil(largest(values))],
      series: [
        { id: "loss", name: "loss", color: "var(--e3)", points: steps.map((s) => [s.step, s.loss] as const) },
      ],
      rules: data.rounds.map((r) => ({
        x: Math.max(0, (steps.find((s) => s.round === r.round)?.step ?? 1) - 1),
        text: `round ${r.round}`,
      })),
      formatX: short,
      formatY: (value) => value.toFixed(1),
    }),
    table: {
      head: ["step", "round", "loss", "tokens"],
      rows: steps.map((s) => [String(s.step), String(s.round), s.loss.toFixed(4), count(s.tokens)]),
    },
  };
}
