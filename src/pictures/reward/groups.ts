// Groups of rollouts, the unit of reinforcement, and what their rewards say; used by several pictures.
import type { RunEventOf } from "../../lib/events";
import type { TableData } from "../../ui/controls/DataTable";

export type Group = RunEventOf<"group.rolled">;
export type Judged = RunEventOf<"step.judged">;
export type ForecastProbe = RunEventOf<"forecasts.probed">;

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? NaN : values.reduce((sum, v) => sum + v, 0) / values.length;

export const meanReward = (group: Group): number => mean(group.rewards);

/** All answers were rewarded alike: no advantage, nothing to learn from. */
export const dead = (group: Group): boolean => group.variance < 1e-12;

export const deadShare = (groups: readonly Group[]): number =>
  groups.length === 0 ? NaN : groups.filter(dead).length / groups.length;

export const isBinary = (groups: readonly Group[]): boolean =>
  groups.every((group) => group.rewards.every((reward) => reward === 0 || reward === 1));

export const rolloutsOf = (groups: readonly Group[]): number => groups[0]?.rewards.length ?? 0;

export function groupTable(groups: readonly Group[]): TableData {
  // Only some strategies leave groups out.
  const dropping = groups.some(({ dropped }) => dropped);
  return {
    columns: [
      "#Step",
      "#Sample",
      "#Mean reward",
      "#Variance",
      "#Forecast",
      "Rewards",
      ...(dropping ? ["Trained"] : []),
    ],
    rows: groups.map((group) => [
      group.step,
      group.sample,
      meanReward(group).toFixed(3),
      group.variance.toFixed(4),
      group.variancePredicted?.toFixed(3) ?? "none",
      group.rewards.join(" "),
      ...(dropping ? [group.dropped ? "no, left out" : "yes"] : []),
    ]),
  };
}
