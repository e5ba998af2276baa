// Is it learning? Loss a step: raw values faint, an exponential mean over them, the mean of the baseline run in grey.
import { plural } from "../../lib/format";
import { debiasedMean } from "../../log/series";
import type { RunView } from "../../log/view";
import { nice } from "d3-array";
import { lines, wholeSteps, type LineSeries } from "../../ui/charts/lines";
import type { TableData } from "../../ui/controls/DataTable";
import { baselineName, type KeyEntry, type Picture } from "../picture";

const POINTS = 600;

/** (step, value) pairs, thinned out to what can be seen. */
function curve(steps: ArrayLike<number>, values: ArrayLike<number>): [number, number][] {
  const stride = Math.max(1, Math.ceil(steps.length / POINTS));
  const found: [number, number][] = [];
  for (let i = 0; i < steps.length; i += stride) found.push([steps[i], values[i]]);
  if (steps.length > 0 && (steps.length - 1) % stride !== 0)
    found.push([steps[steps.length - 1], values[steps.length - 1]]);
  return found;
}

/** Zero is always in sight; reward losses lie on both sides of it. */
export function lossDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return nice(Math.min(0, ...values), Math.max(1e-3, ...values), 4);
}

/** Rewards are not a loss in nats: advantages of a group add up to zero, and so nearly does their loss. */
const rewarded = (view: RunView): boolean => view.groups.length > 0;

function lossSentence(view: RunView): string {
  const { loss, step, skipped } = view.steps;
  if (loss.length === 0) return "No step has been trained yet.";
  if (rewarded(view)) {
    const most = Math.max(...Array.from(view.steps.gradNorm.values).filter(Number.isFinite), 0);
    const left = skipped.values.reduce((sum, s) => sum + s, 0);
    return (
      `The policy loss stays near zero whatever is learnt, because a group’s advantages add up to zero: watch the ` +
      `accuracy instead. The largest gradient norm was ${most.toFixed(2)}; ${left === 0 ? "no step was" : `${plural(left, "step")} were`} left out.`
    );
  }
  const smooth = debiasedMean(loss.values);
  const bad = skipped.values.reduce((sum, s) => sum + s, 0);
  const tail = bad > 0 ? ` ${plural(bad, "step")} not finite and left out.` : "";
  if (loss.length < 4)
    return `Loss ${loss.at(-1).toFixed(2)} nats a token after ${plural(step.at(-1), "step")}.${tail}`;
  return (
    `Loss went from ${loss.at(0).toFixed(2)} to ${smooth[smooth.length - 1].toFixed(2)} nats a token in ` +
    `${plural(step.at(-1), "step")}, averaged over about ten.${tail}`
  );
}

function lossTable(view: RunView): TableData {
  const { step, round, loss, tokens, gradNorm, skipped } = view.steps;
  return {
    columns: [
      "#Step",
      "#Round",
      rewarded(view) ? "#Policy loss" : "#Loss, nats",
      "#Tokens",
      "#Gradient norm",
      "Left out",
    ],
    rows: Array.from(step.values, (value, i) => [
      value,
      round.at(i),
      loss.at(i).toFixed(4),
      tokens.at(i),
      gradNorm.at(i).toFixed(3),
      skipped.at(i) ? "yes" : "no",
    ]),
  };
}

function seriesOf(run: RunView, baseline: RunView | null): LineSeries[] {
  const { step, loss } = run.steps;
  const mean = (of: RunView) => curve(of.steps.step.values, debiasedMean(of.steps.loss.values));
  const series: LineSeries[] = [];
  if (baseline && baseline.steps.loss.length > 0)
    series.push({ id: "baseline", name: "the baseline run", color: "var(--random)", points: mean(baseline) });
  series.push(
    {
      id: "raw",
      name: "each step",
      color: "var(--pick)",
      points: curve(step.values, loss.values),
      faint: true,
    },
    { id: "mean", name: "mean", color: "var(--pick)", points: mean(run) },
  );
  return series;
}

export const picture: Picture = {
  id: "learning",
  place: 80,
  question: "Is it learning?",
  follows: ["steps", "groups", "run"],
  applies: ({ run, room }) => room || run.steps.step.length > 0,
  sentence: ({ run }) => lossSentence(run),
  figure({ run, baseline }, width) {
    const { step, round } = run.steps;
    const series = seriesOf(run, baseline);
    const rules: { x: number; text: string }[] = [];
    for (let i = 1; i < round.length; i++)
      if (round.at(i) !== round.at(i - 1)) rules.push({ x: step.at(i - 1), text: "" });
    const highest = series.flatMap((s) => s.points.map(([, y]) => y)).filter(Number.isFinite);
    return lines({
      width,
      height: 264,
      series,
      rules,
      // The baseline is drawn whole from the start, so it can have steps that this run has not reached.
      xDomain: [0, Math.max(run.planned.steps, step.length, baseline?.steps.step.values.at(-1) ?? 0, 1)],
      yDomain: lossDomain(highest),
      formatX: wholeSteps,
      formatY: (value) => String(value),
    });
  },
  table: ({ run }) => lossTable(run),
  key(frame) {
    const entries: KeyEntry[] = [
      {
        mark: "k-line k-pick",
        text: rewarded(frame.run)
          ? "policy loss, mean and each step, no unit"
          : "[[loss]], mean and each step, nats a token",
      },
    ];
    if (frame.baseline) entries.push({ mark: "k-line k-random", text: baselineName(frame) });
    return entries;
  },
};
