// Which run is ahead, by each measure of cost: evaluations in, verdicts and one sentence out. Runs are compared
// question by question and seed by seed (src/curriculum/paired.ts); one seed never names a winner. Pure.
import {
  compare,
  compareCurves,
  comparisonText,
  costToReach,
  range,
  signed,
  type Comparison,
  type CurvePoint,
  type PairedT,
} from "../../curriculum/paired";
import { strategyLabel } from "../../curriculum/registry";
import { list, percent, plural, short } from "../../lib/format";
import type { CostAxis, EvaluationView, Spent } from "../../log/view";

export const axes: readonly CostAxis[] = ["steps", "trainTokens", "allTokens", "seconds"];

export const axisNames: Record<CostAxis, string> = {
  steps: "steps",
  trainTokens: "training tokens",
  allTokens: "all tokens",
  seconds: "seconds",
};

/** What each measure of cost counts, shown below the picture. */
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

/** One pair of runs with the same seed. `own` goes up to the playhead, `other` is whole. */
export interface Pair {
  seed: number;
  own: readonly EvaluationView[];
  other: readonly EvaluationView[];
  /** Why the seconds of the two do not compare, as a sentence; absent where they do. */
  unevenSeconds?: string;
}

export interface Verdict {
  axis: CostAxis;
  /** Mean difference own − other, share of the test set, at the budget both have spent. */
  difference: number;
  /** Level unless the interval over seeds leaves no doubt; always level with one seed. */
  leader: Comparison["leader"];
  /** Pairs compared. */
  seeds: number;
  /** The same sign in every pair. */
  everySeed: boolean;
  /** Test, n, interval and p. */
  comparison: Comparison;
  /** Mean accuracy on the way there, own − other: the area between the curves; null before anything was spent. */
  area: PairedT | null;
}

/** The newest result that had cost at most `budget`. */
export function resultAt(
  evaluations: readonly EvaluationView[],
  axis: CostAxis,
  budget: number,
): EvaluationView | null {
  return evaluations.findLast((evaluation) => evaluation[axis] <= budget + 1e-9) ?? null;
}

const curve = (run: readonly EvaluationView[], axis: CostAxis): CurvePoint[] =>
  run.map((evaluation) => ({ cost: evaluation[axis], value: evaluation.value }));

/** Compares at the largest cost that both have spent; null before both were tested and where seconds do not compare. */
export function verdict(axis: CostAxis, pairs: readonly Pair[]): Verdict | null {
  if (axis === "seconds" && pairs.some(({ unevenSeconds }) => unevenSeconds)) return null;
  const tested = pairs.flatMap(({ own, other }) => {
    const a = own.at(-1);
    const b = other.at(-1);
    if (!a || !b) return [];
    const budget = Math.min(a[axis], b[axis]);
    const mine = resultAt(own, axis, budget);
    const theirs = resultAt(other, axis, budget);
    return mine && theirs ? [{ own: mine, other: theirs }] : [];
  });
  const comparison = compare(tested);
  if (!comparison) return null;
  return {
    axis,
    difference: comparison.difference,
    leader: comparison.leader,
    seeds: comparison.pairs,
    everySeed: comparison.everySeed,
    comparison,
    area: compareCurves(
      pairs.map(({ own, other }) => ({ own: curve(own, axis), other: curve(other, axis) })),
    ),
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

/** The verdict in a few words: "EDCO +30 points", "too close to call", "+42 points, one seed". */
export function verdictNote(found: Verdict, own: string, other: string): string {
  if (found.seeds === 1) return `${found.difference < 0 ? "−" : "+"}${points(found.difference)}, one seed`;
  if (found.leader === "level") return "too close to call";
  return `${found.leader === "own" ? own : other} +${points(found.difference)}`;
}

/** The whole verdict: "by all tokens −68.3 points [−80.1, −56.5], paired t over 3 seeds and 103 questions". */
export function verdictText(found: Verdict): string {
  return `by ${axisNames[found.axis]} ${comparisonText(found.comparison)}`;
}

/** "By seconds random order is ahead; by steps they are too close to call." With one seed nobody is ahead. */
export function aheadSentence(verdicts: readonly Verdict[], own: string, other: string): string {
  if (verdicts.every(({ seeds }) => seeds === 1)) return "";
  const by = (leader: Verdict["leader"]): string[] =>
    verdicts.filter((v) => v.leader === leader).map((v) => axisNames[v.axis]);
  const parts: string[] = [];
  if (by("own").length > 0) parts.push(`by ${list(by("own"))} ${own} is ahead`);
  if (by("other").length > 0) parts.push(`by ${list(by("other"))} ${other} is ahead`);
  if (by("level").length > 0) parts.push(`by ${list(by("level"))} they are too close to call`);
  return `At equal cost, ${parts.join("; ")}.`;
}

/**
 * Does it pay?
 * @param axis the measure of cost whose verdict is given with its test, n and interval
 */
export function raceSentence(
  pairs: readonly Pair[],
  own: string,
  other: string,
  axis: CostAxis = "steps",
): string {
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
    return `${now} ${own} answers ${percent(last.value)} of ${plural(last.n, "test question")}. ${other === "" ? "" : `There is no ${other} run to compare it with yet.`}`.trim();
  if (last.step === 0)
    return `Before training both answer ${percent(last.value)} of ${plural(last.n, "test question")}.`;
  const seeds = pairs.length === 1 ? "" : ` (mean of ${pairs.length} seeds)`;
  const result = `${now} ${own} answers ${mean((p) => p.own)} of ${plural(last.n, "test question")}, ${other} ${mean((p) => p.other)}${seeds}.`;
  const verdicts = axes.map((clock) => verdict(clock, pairs)).filter((v) => v !== null);
  const shown = verdicts.find((v) => v.axis === axis);
  const evidence = shown ? `${own} − ${other} ${verdictText(shown)}.` : "";
  const caution = pairs.length === 1 ? "One seed names no winner: too close to call." : "";
  return [result, aheadSentence(verdicts, own, other), evidence, caution].filter(Boolean).join(" ");
}

/** "At the end scout − random order by all tokens +18.1 points [6.0, 30.2], paired t over 3 seeds …: scout is ahead." of orders beside the two. */
export function besideText(
  beside: readonly { strategy: string; pairs: readonly Pair[] }[],
  other: string,
  axis: CostAxis,
): string {
  return beside
    .flatMap(({ strategy, pairs }) => {
      const label = strategyLabel(strategy);
      const found = verdict(
        axis,
        pairs.filter((pair) => pair.other.length > 0),
      );
      if (!found) return [];
      const leader =
        found.seeds > 1
          ? { own: `${label} is ahead`, other: `${other} is ahead`, level: "too close to call" }
          : null;
      const { area } = found;
      const way = area?.interval
        ? ` Mean accuracy on the way: ${signed(100 * area.mean)} points ${range([100 * area.interval[0], 100 * area.interval[1]])}.`
        : "";
      return [
        `At the end ${label} − ${other} ${verdictText(found)}: ${leader?.[found.leader] ?? "one seed names no winner"}.${way}`,
      ];
    })
    .join(" ");
}

/** "EDCO after 24, 32 and 24": what the first test with that share right had cost, a seed after another. */
function reach(runs: readonly (readonly EvaluationView[])[], axis: CostAxis, share: number): string {
  const costs = runs.map((run) => costToReach(curve(run, axis), share));
  if (costs.every((cost) => cost === null)) return "not yet";
  return `after ${list(costs.map((cost) => (cost === null ? "–" : short(cost))))}`;
}

/**
 * What the final accuracy does not show: the area between the curves, and the cost of reaching `share` right answers.
 * "" before anything was spent.
 */
export function wayText(
  pairs: readonly Pair[],
  axis: CostAxis,
  own: string,
  other: string,
  share = 0.8,
): string {
  const area = verdict(axis, pairs)?.area;
  if (!area) return "";
  const interval = area.interval ? ` ${range([100 * area.interval[0], 100 * area.interval[1]])}` : "";
  const n = area.n === 1 ? "one seed" : `paired t over ${area.n} seeds`;
  const sides = [
    `${own} ${reach(
      pairs.map((pair) => pair.own),
      axis,
      share,
    )}`,
    `${other} ${reach(
      pairs.map((pair) => pair.other),
      axis,
      share,
    )}`,
  ];
  return `Mean accuracy up to the ${axisNames[axis]} both have spent: ${own} − ${other} ${signed(100 * area.mean)} points${interval}, ${n}. ${percent(share)} right: ${sides.join(", ")}.`;
}

/** Lowest and highest of the seeds at each test, at their mean cost. */
export function seedBand(
  runs: readonly (readonly (Spent & { value: number })[])[],
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
