// The logged judgments with what became of each: what the model read, what it wrote, and how the rewards then
// varied. Pure.
import type { TableData } from "../../ui/controls/DataTable";
import { candidatesOf } from "./choice";
import type { Group, Judged } from "./groups";

export interface Shown {
  step: number;
  sample: number;
  context: string;
  judgment: string;
  forecast: number | null;
  rank: number;
  candidates: number;
  chosen: boolean;
  observed: number | null;
  /** R_judge where it was studied, and the baseline of the step. */
  reward: number | null;
  baseline: number;
}

export function shownJudgments(judged: readonly Judged[], groups: readonly Group[]): Shown[] {
  return judged.flatMap((step) => {
    if (!step.shown || step.shown.length === 0) return [];
    const all = candidatesOf(step, groups);
    return step.shown.map((one) => {
      const found = all.find(({ sample }) => sample === one.sample);
      const at = step.selected.indexOf(one.sample);
      return {
        ...one,
        step: step.step,
        rank: found?.rank ?? 0,
        candidates: all.length,
        chosen: found?.chosen ?? false,
        observed: found?.observed ?? null,
        reward: at >= 0 ? (step.rewards[at] ?? null) : null,
        baseline: step.baseline,
      };
    });
  });
}

export function judgmentSentence(one: Shown): string {
  const said =
    one.forecast === null
      ? "what it wrote holds no number that can be read"
      : `it forecast ${one.forecast.toFixed(3)}, rank ${one.rank} of ${one.candidates}`;
  const outcome = one.chosen
    ? one.observed === null
      ? ""
      : ` Its rewards then varied by ${one.observed.toFixed(3)}${rewardWords(one)}.`
    : " It was left out, so nobody knows how its rewards would have varied.";
  return `Step ${one.step}: ${said}.${outcome}`;
}

function rewardWords({ reward, baseline }: Shown): string {
  if (reward === null) return "";
  const step =
    reward > baseline + 1e-9
      ? "these words became likelier"
      : reward < baseline - 1e-9
        ? "they became less likely"
        : "nothing pulled on them";
  return `: judgment reward ${reward.toFixed(2)} against a baseline of ${baseline.toFixed(2)}, so ${step}`;
}

export function judgmentTable(shown: readonly Shown[]): TableData {
  return {
    columns: [
      "#Step",
      "#Sample",
      "Context",
      "Judgment",
      "#Forecast",
      "#Rank",
      "Studied",
      "#Observed variance",
      "#Reward",
    ],
    rows: shown.map((row) => [
      row.step,
      row.sample,
      row.context,
      row.judgment,
      row.forecast?.toFixed(3) ?? "none",
      row.rank,
      row.chosen ? "yes" : "no",
      row.observed?.toFixed(4) ?? "not rolled out",
      row.reward?.toFixed(3) ?? "none",
    ]),
  };
}
