// Writes `summary.json`: the results of a run as one small object, computed from its log alone.
import { mean, median, spearman } from "../curriculum/stats";
import type { Phase, RunEvent, RunIdentity, TokenCost } from "../lib/events";
import { reduceRun } from "../log/fold";
import type { EvaluationView, RunView } from "../log/view";

export interface Measured {
  metric: string;
  value: number;
  n: number;
  /** 95 %. */
  interval: [number, number];
}

export interface RoundSummary {
  round: number;
  /** Sample ids. */
  picked: string[];
  new: number;
  overlap: number;
  threshold: number | null;
  meanScore: number | null;
  scored: number;
  /** Rank correlation of this round's scores with full-length ones, where the config asked for it. */
  spearmanWithFull: number | null;
}

export interface Summary {
  status: "done" | "stopped" | "failed";
  /** Only when failed. */
  reason?: string;
  /** What the run was made of; absent in logs that do not say. */
  identity?: RunIdentity;
  before: Measured | null;
  after: Measured | null;
  evaluations: { step: number; value: number }[];
  rounds: RoundSummary[];
  /** One a step, in order. */
  losses: number[];
  /** GRPO: mean reward of each step's rollouts. */
  rewards?: number[];
  /** METIS: share of judgments that could be read, and how they fit what happened. */
  judge?: { parsed: number; mae: number | null; spearman: number | null };
  /** Prompts chosen by a value: how many picks were drawn at random among equals at the cut, and in how many steps. */
  randomTies?: { picks: number; selected: number; tiedSteps: number; steps: number };
  /** GRPO: how much the trained groups had to teach. */
  groups?: { count: number; meanVariance: number; zeroVarianceShare: number };
  /** Forecasts of samples nobody selected, where the config asked for them. */
  offSelection?: {
    step: number;
    by: string;
    n: number;
    parsed: number;
    spearman: number | null;
    mae: number | null;
    /** The error of a constant forecast, the median of the measured variances. */
    constantMae: number;
    meanVariance: number;
  }[];
  /** Estimators compared on the same pool in the same run, where the config asked for it. */
  estimators?: {
    round: number;
    estimator: string;
    tokens: number;
    seconds: number;
    spearmanWithFull: number;
    n: number;
  }[];
  tokens: TokenCost;
  seconds: Record<Exclude<Phase, "save">, number>;
  gpuBytes: { planned: number; created: number };
}

const measured = (test: EvaluationView | undefined): Measured | null =>
  test ? { metric: test.metric, value: test.value, n: test.n, interval: test.interval } : null;

/** Rank correlation, or null where one side does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  return new Set(a).size > 1 && new Set(b).size > 1 ? spearman(a, b) : null;
}

function judgeOf(view: RunView): Summary["judge"] {
  const judged = view.judged.flatMap((event) => event.forecasts);
  if (judged.length === 0) return undefined;
  const pairs = view.groups
    .filter((group) => group.variancePredicted !== null)
    .map((group) => [group.variancePredicted ?? 0, group.variance] as const);
  return {
    parsed: judged.filter((forecast) => forecast !== null).length / judged.length,
    mae: pairs.length > 0 ? pairs.reduce((sum, [f, v]) => sum + Math.abs(f - v), 0) / pairs.length : null,
    spearman: rankCorrelation(
      pairs.map(([f]) => f),
      pairs.map(([, v]) => v),
    ),
  };
}

/** Null for logs that were made before this was counted. */
function randomTiesOf(view: RunView): Summary["randomTies"] {
  const steps = view.judged.flatMap(({ byLot, selected }) =>
    byLot === undefined ? [] : [{ byLot, selected: selected.length }],
  );
  if (steps.length === 0) return undefined;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  return {
    picks: sum(steps.map(({ byLot }) => byLot)),
    selected: sum(steps.map(({ selected }) => selected)),
    tiedSteps: steps.filter(({ byLot }) => byLot > 0).length,
    steps: steps.length,
  };
}

function groupsOf({ groups }: RunView): Summary["groups"] {
  const variances = groups.map(({ variance }) => variance);
  if (variances.length === 0) return undefined;
  return {
    count: variances.length,
    meanVariance: mean(variances),
    zeroVarianceShare: variances.filter((variance) => variance === 0).length / variances.length,
  };
}

function offSelectionOf({ forecastProbes: probes }: RunView): Summary["offSelection"] {
  if (probes.length === 0) return undefined;
  return probes.map(({ step, by, forecasts, variances }) => {
    const pairs = forecasts.flatMap((forecast, i) =>
      forecast === null ? [] : [[forecast, variances[i]] as const],
    );
    const middle = median(variances);
    return {
      step,
      by,
      n: variances.length,
      parsed: pairs.length / variances.length,
      spearman: rankCorrelation(
        pairs.map(([f]) => f),
        pairs.map(([, v]) => v),
      ),
      mae: pairs.length > 0 ? mean(pairs.map(([f, v]) => Math.abs(f - v))) : null,
      constantMae: mean(variances.map((v) => Math.abs(v - middle))),
      meanVariance: mean(variances),
    };
  });
}

function rewardsOf({ groups }: RunView): number[] | undefined {
  const bySteps = new Map<number, number[]>();
  for (const { step, rewards } of groups) bySteps.set(step, [...(bySteps.get(step) ?? []), ...rewards]);
  if (bySteps.size === 0) return undefined;
  return [...bySteps]
    .sort(([a], [b]) => a - b)
    .map(([, rewards]) => rewards.reduce((a, b) => a + b, 0) / rewards.length);
}

/** @param gpuBytes as the worker reported them. */
export function summarize(
  events: readonly RunEvent[],
  gpuBytes: { planned: number; created: number },
): Summary {
  const view = reduceRun(events);
  const { status, failure, identity, evaluations, samples, sums } = view;
  const compared = view.comparisons;
  const rewards = rewardsOf(view);
  const judge = judgeOf(view);
  const randomTies = randomTiesOf(view);
  const groups = groupsOf(view);
  const offSelection = offSelectionOf(view);
  const finished = status === "done" || status === "stopped";
  const seconds = (phase: Phase) => (sums?.secondsMs[phase] ?? 0) / 1000;
  return {
    status: finished ? status : "failed",
    ...(finished ? {} : { reason: failure?.reason ?? "the run ended before it was finished" }),
    ...(identity ? { identity } : {}),
    before: measured(evaluations.find((event) => event.step === 0)),
    after: measured(evaluations.filter((event) => event.step > 0).at(-1)),
    evaluations: evaluations.map(({ step, value }) => ({ step, value })),
    rounds: view.rounds.flatMap(({ picks, ...round }) =>
      picks === null
        ? []
        : [
            {
              round: round.round,
              picked: picks.map(({ sample }) => samples[sample]?.sampleId ?? String(sample)),
              new: round.newPicks,
              overlap: round.overlap,
              threshold: round.threshold,
              meanScore: round.meanScore,
              scored: round.scored,
              spearmanWithFull:
                compared
                  .filter((comparison) => comparison.round === round.round)
                  .flatMap(({ rows }) => rows)
                  .find(({ estimator }) => estimator === round.estimator)?.spearmanWithFull ?? null,
            },
          ],
    ),
    losses: Array.from(view.steps.computedLoss.values),
    ...(rewards ? { rewards } : {}),
    ...(judge ? { judge } : {}),
    ...(randomTies ? { randomTies } : {}),
    ...(groups ? { groups } : {}),
    ...(offSelection ? { offSelection } : {}),
    ...(compared.length > 0
      ? {
          estimators: compared.flatMap(({ round, rows }) =>
            rows.map(({ elapsedMs, ...row }) => ({ round, ...row, seconds: elapsedMs / 1000 })),
          ),
        }
      : {}),
    tokens: finished && sums ? sums.tokens : view.tokens,
    seconds: {
      load: seconds("load"),
      score: seconds("score"),
      judge: seconds("judge"),
      rollout: seconds("rollout"),
      train: seconds("train"),
      evaluate: seconds("evaluate"),
    },
    gpuBytes,
  };
}
