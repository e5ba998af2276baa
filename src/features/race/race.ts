// Who is ahead, on which clock. Pure: evaluations in, verdicts and one sentence out. One run never names a winner.
import { list, percent } from "../../lib/format";
import type { CostAxis, EvaluationView } from "../../store/view";

export const axes: readonly CostAxis[] = ["steps", "trainTokens", "allTokens", "seconds"];

export const axisNames: Record<CostAxis, string> = {
  steps: "steps",
  trainTokens: "training tokens",
  allTokens: "all tokens",
  seconds: "seconds",
};

/** What a clock counts, below the picture. */
export const axisNotes: Record<"supervised" | "reward", Record<CostAxis, string>> = {
  supervised: {
    steps: "updates of the adapter, scoring not counted",
    trainTokens: "tokens in trained rows, scoring not counted",
    allTokens: "all tokens, scoring included; testing not counted",
    seconds: "seconds, scoring included; testing not counted",
  },
  reward: {
    steps: "updates of the adapter; judging and rollouts not counted",
    trainTokens: "tokens in trained rows; judging and rollouts not counted",
    allTokens: "all tokens, judging and rollouts included; testing and the shared warm start not counted",
    seconds: "seconds, judging and rollouts included; testing and the shared warm start not counted",
  },
};

export const strategyNames: Record<string, string> = {
  edco: "EDCO",
  random: "random order",
  metis: "METIS",
  "metis-head": "METIS-head",
  oracle: "oracle",
  uniform: "uniform draws",
  shuffled: "shuffled forecasts",
  pcl: "PCL’s value rule",
  "running-mean": "running mean",
  "last-variance": "last variance",
};

export const strategyName = (strategy: string): string =>
  strategyNames[strategy] ?? strategy.replace(/-/g, " ");

/** One pair of runs with the same seed. `own` goes up to the playhead, `other` is whole. */
export interface Pair {
  seed: number;
  own: readonly EvaluationView[];
  other: readonly EvaluationView[];
}

export interface Verdict {
  axis: CostAxis;
  /** Mean difference own − other, share of the test set, at the budget both have spent. */
  difference: number;
  leader: "own" | "other" | "level";
  /** Pairs compared. */
  seeds: number;
  /** The same sign in every pair. */
  everySeed: boolean;
}

/** The newest result that had cost at most `budget`. */
export function resultAt(
  evaluations: readonly EvaluationView[],
  axis: CostAxis,
  budget: number,
): EvaluationView | null {
  return evaluations.findLast((evaluation) => evaluation[axis] <= budget + 1e-9) ?? null;
}

/** Compares at the largest cost that both runs have spent; null before both were tested. */
export function verdict(axis: CostAxis, pairs: readonly Pair[]): Verdict | null {
  const differences: { value: number; noise: number }[] = [];
  for (const { own, other } of pairs) {
    const a = own.at(-1);
    const b = other.at(-1);
    if (!a || !b) continue;
    const budget = Math.min(a[axis], b[axis]);
    const mine = resultAt(own, axis, budget);
    const theirs = resultAt(other, axis, budget);
    if (!mine || !theirs) continue;
    const variance = (e: EvaluationView): number => (e.value * (1 - e.value)) / Math.max(1, e.n);
    differences.push({
      value: mine.value - theirs.value,
      noise: 1.96 * Math.sqrt(variance(mine) + variance(theirs)),
    });
  }
  if (differences.length === 0) return null;
  const mean = differences.reduce((sum, d) => sum + d.value, 0) / differences.length;
  const noise =
    differences.reduce((sum, d) => sum + d.noise, 0) / differences.length / Math.sqrt(differences.length);
  const everySeed = differences.every((d) => Math.sign(d.value) === Math.sign(mean) && d.value !== 0);
  return {
    axis,
    difference: mean,
    leader: Math.abs(mean) <= noise ? "level" : mean > 0 ? "own" : "other",
    seeds: differences.length,
    everySeed,
  };
}

export function points(difference: number): string {
  const n = Math.round(Math.abs(difference) * 100);
  return `${n} ${n === 1 ? "point" : "points"}`;
}

const valueAfter = (evaluations: readonly EvaluationView[], step: number): EvaluationView | undefined =>
  evaluations.findLast((evaluation) => evaluation.step <= step);

/** "After round 3", or "After step 20" where rounds do not part the tests. */
function when(evaluations: readonly EvaluationView[]): string {
  const last = evaluations[evaluations.length - 1];
  if (last.step === 0) return "Before training";
  const before = evaluations[evaluations.length - 2];
  return before && before.round === last.round ? `After step ${last.step}` : `After round ${last.round}`;
}

/** "Counted by steps EDCO is ahead, by seconds random order." */
export function aheadSentence(verdicts: readonly Verdict[], own: string, other: string): string {
  const by = (leader: Verdict["leader"]): string[] =>
    verdicts.filter((v) => v.leader === leader).map((v) => axisNames[v.axis]);
  const parts: string[] = [];
  if (by("own").length > 0) parts.push(`by ${list(by("own"))} ${own} is ahead`);
  if (by("other").length > 0) parts.push(`by ${list(by("other"))} ${other} is ahead`);
  if (by("level").length > 0) parts.push(`by ${list(by("level"))} they are too close to call`);
  return parts.length === 0 ? "" : `At equal cost, ${parts.join("; ")}.`;
}

/** Does it pay? */
export function raceSentence(pairs: readonly Pair[], own: string, other: string): string {
  const first = pairs[0];
  const last = first?.own.at(-1);
  if (!last) return "The first test comes before training starts.";
  const mean = (side: (pair: Pair) => readonly EvaluationView[]): string => {
    const values = pairs
      .map((pair) => valueAfter(side(pair), last.step)?.value)
      .filter((v) => v !== undefined);
    return percent(values.reduce((sum, v) => sum + v, 0) / values.length);
  };
  const now = when(first.own);
  if (first.other.length === 0)
    return `${now} ${own} answers ${percent(last.value)} of ${last.n} test questions. ${other === "" ? "" : `No ${other} run stands beside it yet.`}`.trim();
  if (last.step === 0)
    return `Before training both answer ${percent(last.value)} of ${last.n} test questions.`;
  const seeds = pairs.length === 1 ? "" : ` (mean of ${pairs.length} seeds)`;
  const result = `${now} ${own} answers ${mean((p) => p.own)} of ${last.n} test questions, ${other} ${mean((p) => p.other)}${seeds}.`;
  const verdicts = axes.map((axis) => verdict(axis, pairs)).filter((v) => v !== null);
  const caution =
    pairs.length === 1 ? "One seed: no winner yet." : `${pairs.length} seeds: a tendency, not a proof.`;
  return `${result} ${aheadSentence(verdicts, own, other)} ${caution}`;
}

/** Lowest and highest of the seeds at each test, at their mean cost. */
export function seedBand(
  runs: readonly (readonly EvaluationView[])[],
  axis: CostAxis,
): { x: number; low: number; high: number; mean: number }[] {
  const tests = Math.min(...runs.map((run) => run.length));
  return Array.from({ length: Number.isFinite(tests) ? tests : 0 }, (_, t) => {
    const values = runs.map((run) => run[t].value);
    return {
      x: runs.reduce((sum, run) => sum + run[t][axis], 0) / runs.length,
      low: Math.min(...values),
      high: Math.max(...values),
      mean: values.reduce((sum, v) => sum + v, 0) / values.length,
    };
  });
}
