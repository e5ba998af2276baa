// What does choosing cost? Tokens and time by phase, with the baseline run below, both on one scale.
import { count, duration } from "../../lib/format";
import { costOf, costPhases, PHASES, type CostPhase } from "../../log/phases";
import type { RunView } from "../../log/view";
import { group, label, type Figure } from "../../ui/charts/scene";
import { stack, type StackRow } from "../../ui/charts/stack";
import { baselineName, ownName, type Frame, type Picture } from "../picture";
import { costSentence, costTable } from "../race/cost";
import { unevenSeconds } from "../race/pairs";

type ByPhase = Readonly<Record<CostPhase, number>>;

const runsOf = (frame: Frame): [string, RunView][] => [
  [ownName(frame) || "this run", frame.run],
  ...(frame.baseline ? [[`${baselineName(frame)}, whole run`, frame.baseline] as [string, RunView]] : []),
];

/** Why the two runs' seconds do not compare, as a sentence; null where they do. */
const unevenIn = ({ run, baseline }: Frame): string | null =>
  baseline ? unevenSeconds(run, baseline) : null;

const row = (name: string, spent: ByPhase, total: string): StackRow => ({
  name,
  parts: costPhases.map((phase) => ({
    name: PHASES[phase].word,
    value: spent[phase],
    color: PHASES[phase].color,
  })),
  total,
});

const HEAD = 22;

/** Figures one under the other, each with its name. */
function under(width: number, parts: readonly [string, Figure][]): Figure {
  let y = 0;
  const marks = parts.flatMap(([name, figure]) => {
    const top = y;
    y += HEAD + figure.height + 8;
    return [
      label(0, top + 14, name, { fill: "var(--text)", "font-weight": 600 }),
      group(figure.marks, { transform: `translate(0,${top + HEAD})` }),
    ];
  });
  return { width, height: y, marks };
}

export const picture: Picture = {
  id: "cost",
  place: 90,
  question: "What does choosing cost?",
  follows: ["scores", "steps", "phases", "groups", "run"],
  applies: ({ run, room }) => room || costOf(run.tokens) > 0,
  sentence: ({ run }) => costSentence(run),
  figure(frame, width) {
    const runs = runsOf(frame);
    const longest = Math.max(...runs.map(([name]) => name.length));
    const names = Math.min(width * 0.4, 8 + longest * 6.4);
    const bars = (rows: StackRow[]): Figure => stack(width, rows, names, 76);
    // The time of a run that cannot be compared stands alone.
    const timed = unevenIn(frame) ? runs.slice(0, 1) : runs;
    return under(width, [
      ["Tokens", bars(runs.map(([name, run]) => row(name, run.tokens, count(costOf(run.tokens)))))],
      ["Time", bars(timed.map(([name, run]) => row(name, run.spentMs, duration(costOf(run.spentMs)))))],
    ]);
  },
  table: (frame) => costTable(frame.run, frame.baseline, ownName(frame) || "this run", baselineName(frame)),
  notes: (frame) => [unevenIn(frame) ?? ""].filter(Boolean),
  key: (frame) =>
    costPhases
      .filter((phase) => runsOf(frame).some(([, run]) => run.tokens[phase] > 0))
      .map((phase) => ({ mark: "", color: PHASES[phase].color, text: PHASES[phase].word })),
};
