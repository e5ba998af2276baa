// Mean reward of the trained prompts by step, with that of the baseline. Pure.
import { percent } from "../../lib/format";
import { debiasedMean } from "../../lib/smooth";
import { lines, wholeSteps, type LineSeries } from "../../ui/charts/lines";
import type { Figure } from "../../ui/charts/scene";
import type { TableData } from "../../ui/controls/DataTable";
import { deadShare, mean, meanReward, type Group } from "./groups";
import type { Baseline } from "./parabola";

export interface FrontierStep {
  step: number;
  reward: number;
  variance: number;
  /** Share of the step's groups without variance. */
  dead: number;
}

export function frontier(groups: readonly Group[]): FrontierStep[] {
  const steps = new Map<number, Group[]>();
  for (const group of groups) steps.set(group.step, [...(steps.get(group.step) ?? []), group]);
  return [...steps].map(([step, list]) => ({
    step,
    reward: mean(list.map(meanReward)),
    variance: mean(list.map((group) => group.variance)),
    dead: deadShare(list),
  }));
}

export function frontierSentence(groups: readonly Group[], baseline: Baseline | null = null): string {
  const steps = frontier(groups);
  if (steps.length < 4) return "The frontier shows after a few steps.";
  const part = Math.max(2, Math.floor(steps.length / 4));
  const early = mean(steps.slice(0, part).map((s) => s.reward));
  const late = mean(steps.slice(-part).map((s) => s.reward));
  const last = steps[steps.length - 1].step;
  const others = frontier(baseline?.groups.filter(({ step }) => step <= last) ?? []).slice(-part);
  const other =
    baseline && others.length > 0
      ? ` (${baseline.name}: ${percent(mean(others.map((s) => s.reward)))} lately)`
      : "";
  return (
    `The studied prompts were answered right ${percent(early)} of the time at first and ${percent(late)} lately${other}; ` +
    `one half is where rewards vary most.`
  );
}

export function frontierFigure(
  groups: readonly Group[],
  baseline: readonly Group[] | null,
  size: { width: number; height: number; steps: number },
): Figure {
  const series: LineSeries[] = [];
  const add = (id: string, color: string, list: readonly Group[], raw: boolean): void => {
    const steps = frontier(list);
    const rewards = steps.map((s) => s.reward);
    const smooth = debiasedMean(rewards, 0.8);
    if (raw)
      series.push({
        id: `${id}-raw`,
        name: id,
        color,
        faint: true,
        points: steps.map((s) => [s.step, s.reward]),
      });
    series.push({ id, name: id, color, points: steps.map((s, i) => [s.step, smooth[i]]) });
  };
  if (baseline) add("baseline", "var(--random)", baseline, false);
  add("own", "var(--pick)", groups, true);
  return lines({
    width: size.width,
    height: size.height,
    series,
    yDomain: [0, 1],
    yTicks: [0, 0.25, 0.5, 0.75, 1],
    xDomain: [0, Math.max(1, size.steps)],
    formatX: wholeSteps,
    formatY: (value) => percent(value),
    levels: [{ y: 0.5, text: "most variance" }],
  });
}

export function frontierTable(groups: readonly Group[]): TableData {
  return {
    columns: ["#Step", "#Mean reward", "#Mean variance", "#Without variance"],
    rows: frontier(groups).map((s) => [s.step, s.reward.toFixed(3), s.variance.toFixed(4), percent(s.dead)]),
  };
}
