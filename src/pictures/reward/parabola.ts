// Each group of rollouts by its mean reward and variance; both ends of the curve teach nothing. Pure.
import { percent, plural } from "../../lib/format";
import { scatter, type Curve, type Dot } from "../../ui/charts/scatter";
import type { Figure } from "../../ui/charts/scene";
import { dead, deadShare, isBinary, mean, meanReward, rolloutsOf, type Group } from "./groups";

/** Groups at the same place become one dot; the newest third of the steps is warm, the older grey. */
export function parabolaDots(groups: readonly Group[]): Dot[] {
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

/** Another run on the same figures, for one clause of the sentence. */
export interface Baseline {
  name: string;
  groups: readonly Group[];
}

export function parabolaSentence(groups: readonly Group[], baseline: Baseline | null = null): string {
  if (groups.length === 0) return "No group of answers has been written yet.";
  const half = groups.slice(Math.floor(groups.length / 2));
  const form = isBinary(groups)
    ? "Rewards are 0 or 1, so every dot lies on the curve."
    : "Rewards lie between 0 and 1, so the curve is a ceiling.";
  const last = groups.at(-1)?.step ?? 0;
  const same = baseline?.groups.filter(({ step }) => step <= last) ?? [];
  const other =
    baseline && same.length > 0
      ? ` For comparison, ${baseline.name}: ${percent(deadShare(same))} and ${mean(same.map((g) => g.variance)).toFixed(3)} by the same step.`
      : "";
  return (
    `Of ${plural(groups.length, "group")}, ${percent(deadShare(groups))} have no variance and teach nothing ` +
    `(${percent(deadShare(half))} of the newer half); mean variance ${mean(groups.map((g) => g.variance)).toFixed(3)}.${other} ${form}`
  );
}

export function parabolaFigure(groups: readonly Group[], size: { width: number; height: number }): Figure {
  const dots = parabolaDots(groups);
  const most = Math.max(1, ...dots.map(({ n }) => n));
  const none = groups.filter(dead);
  const wrong = none.filter((group) => meanReward(group) < 0.5).length;
  return scatter({
    ...size,
    xDomain: [0, 1],
    yDomain: [0, 0.27],
    xName: "mean reward of the group",
    yName: "variance of its rewards",
    dots,
    curves: parabolaCurves(rolloutsOf(groups)),
    radius: Math.min(2.4, 13 / Math.sqrt(most)),
    notes: [
      { x: 0.07, y: 0.008, text: `${plural(wrong, "group")} all wrong`, anchor: "start" },
      { x: 0.93, y: 0.008, text: `${plural(none.length - wrong, "group")} all right`, anchor: "end" },
    ],
  });
}
