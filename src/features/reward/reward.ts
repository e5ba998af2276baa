// What the rollouts say: where groups lie on the parabola, how good forecasts were, how the frontier moves. Pure.
import { mae, spearman } from "../../curriculum/stats";
import { count, percent, plural } from "../../lib/format";
import type { GroupView, JudgedView } from "../../store/view";
import type { Curve, Dot } from "../../ui/charts/scatter";
import type { TableData } from "../../ui/controls/DataTable";

export const meanReward = (group: GroupView): number =>
  group.rewards.length === 0 ? NaN : group.rewards.reduce((sum, r) => sum + r, 0) / group.rewards.length;

export const isBinary = (groups: readonly GroupView[]): boolean =>
  groups.every((group) => group.rewards.every((reward) => reward === 0 || reward === 1));

const dead = (group: GroupView): boolean => group.variance < 1e-12;
const mean = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((sum, v) => sum + v, 0) / values.length;

/** Groups at the same place become one dot; the newest third of the steps is warm, the older grey. */
export function parabolaDots(groups: readonly GroupView[]): Dot[] {
  const last = groups.at(-1)?.step ?? 0;
  const places = new Map<string, Dot>();
  for (const group of groups) {
    const recent = group.step > (last * 2) / 3;
    const x = meanReward(group);
    const key = `${x.toFixed(4)} ${group.variance.toFixed(4)} ${recent}`;
    const dot = places.get(key) ?? {
      x,
      y: group.variance,
      n: 0,
      color: recent ? "var(--pick)" : "var(--random)",
      title: "",
      ring: !recent,
    };
    dot.n++;
    dot.title = `${plural(dot.n, "group")}: mean reward ${x.toFixed(2)}, variance ${group.variance.toFixed(3)}`;
    places.set(key, dot);
  }
  return [...places.values()].sort((a, b) => b.n - a.n);
}

const shares = Array.from({ length: 51 }, (_, i) => i / 50);

/** p(1 − p), and what n rollouts show of it on average: (n − 1)/n. */
export function parabolaCurves(rollouts: number): Curve[] {
  const curves: Curve[] = [{ points: shares.map((p) => [p, p * (1 - p)]), color: "var(--soft)" }];
  if (rollouts > 1)
    curves.push({
      points: shares.map((p) => [p, (p * (1 - p) * (rollouts - 1)) / rollouts]),
      color: "var(--soft)",
      dashed: true,
    });
  return curves;
}

export function parabolaSentence(groups: readonly GroupView[]): string {
  if (groups.length === 0) return "No group of answers has been written yet.";
  const none = groups.filter(dead).length;
  const half = groups.slice(Math.floor(groups.length / 2));
  const form = isBinary(groups)
    ? "Rewards are 0 or 1, so every dot lies on the curve."
    : "Rewards lie between 0 and 1, so the curve is a ceiling.";
  return (
    `Of ${plural(groups.length, "group")}, ${percent(none / groups.length)} have no variance and teach nothing ` +
    `(${percent(half.filter(dead).length / half.length)} of the newer half); mean variance ${mean(groups.map((g) => g.variance)).toFixed(3)}. ${form}`
  );
}

export interface Forecasts {
  pairs: { predicted: number; observed: number }[];
  /** Forecasts asked for and those that could not be read. */
  asked: number;
  unparsed: number;
}

export function forecastsOf(groups: readonly GroupView[], judged: readonly JudgedView[]): Forecasts {
  const pairs = groups.flatMap((group) =>
    group.variancePredicted === null
      ? []
      : [{ predicted: group.variancePredicted, observed: group.variance }],
  );
  const all = judged.flatMap((step) => step.forecasts);
  return { pairs, asked: all.length, unparsed: all.filter((forecast) => forecast === null).length };
}

export function forecastSentence({ pairs, asked, unparsed }: Forecasts): string {
  if (pairs.length < 3) return "Too few forecasts have met their rewards yet.";
  const predicted = pairs.map((pair) => pair.predicted);
  const observed = pairs.map((pair) => pair.observed);
  const bad = asked > 0 ? ` ${count(unparsed)} of ${count(asked)} forecasts could not be read.` : "";
  return (
    `Over ${plural(pairs.length, "studied prompt")} forecasts and outcomes agree in rank with ${spearman(predicted, observed).toFixed(2)} ` +
    `and miss by ${mae(predicted, observed).toFixed(3)} on average.${bad}`
  );
}

/** One dot a pair, and ringed means of five bins of the forecast. */
export function forecastDots({ pairs }: Forecasts): Dot[] {
  const dots: Dot[] = pairs.map(({ predicted, observed }) => ({
    x: predicted,
    y: observed,
    n: 1,
    color: "var(--e3)",
    title: `forecast ${predicted.toFixed(3)}, observed ${observed.toFixed(3)}`,
  }));
  for (let bin = 0; bin < 5; bin++) {
    const inside = pairs.filter(({ predicted }) => Math.min(4, Math.floor(predicted / 0.05)) === bin);
    if (inside.length < 3) continue;
    const observed = mean(inside.map((pair) => pair.observed));
    dots.push({
      x: mean(inside.map((pair) => pair.predicted)),
      y: observed,
      n: 6,
      color: "var(--pick)",
      title: `${inside.length} forecasts around here: observed ${observed.toFixed(3)} on average`,
      ring: true,
    });
  }
  return dots;
}

export function forecastCurves(rollouts: number): Curve[] {
  const curves: Curve[] = [
    {
      points: [
        [0, 0],
        [0.25, 0.25],
      ],
      color: "var(--soft)",
    },
  ];
  if (rollouts > 1)
    curves.push({
      points: [
        [0, 0],
        [0.25, (0.25 * (rollouts - 1)) / rollouts],
      ],
      color: "var(--soft)",
      dashed: true,
    });
  return curves;
}

/** Mean reward and mean variance of the studied groups, by step. */
export function frontier(groups: readonly GroupView[]): { step: number; reward: number; variance: number }[] {
  const steps = new Map<number, GroupView[]>();
  for (const group of groups) steps.set(group.step, [...(steps.get(group.step) ?? []), group]);
  return [...steps].map(([step, list]) => ({
    step,
    reward: mean(list.map(meanReward)),
    variance: mean(list.map((group) => group.variance)),
  }));
}

export function frontierSentence(groups: readonly GroupView[]): string {
  const steps = frontier(groups);
  if (steps.length < 4) return "The frontier shows after a few steps.";
  const part = Math.max(2, Math.floor(steps.length / 4));
  const early = mean(steps.slice(0, part).map((s) => s.reward));
  const late = mean(steps.slice(-part).map((s) => s.reward));
  return (
    `The studied prompts were answered right ${percent(early)} of the time at first and ${percent(late)} lately; ` +
    `one half is where rewards vary most.`
  );
}

export function groupTable(groups: readonly GroupView[]): TableData {
  return {
    columns: ["#Step", "#Sample", "#Mean reward", "#Variance", "#Forecast", "Rewards"],
    rows: groups.map((group) => [
      group.step,
      group.sample,
      meanReward(group).toFixed(3),
      group.variance.toFixed(4),
      group.variancePredicted?.toFixed(3) ?? "none",
      group.rewards.join(" "),
    ]),
  };
}
