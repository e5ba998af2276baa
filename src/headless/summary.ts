// What came out of a run, as one small JSON object computed from its log alone.
import { mean, median, spearman } from "../curriculum/stats";
import type { Phase, RunEvent, RunEventOf, RunIdentity, TokenCost } from "../lib/events";

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
  /** Prompts chosen by a value: how many picks lot took among equals at the cut, and in how many steps. */
  lots?: { picks: number; selected: number; tiedSteps: number; steps: number };
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
    /** What always saying the median of the measured variances would have been off by. */
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

type Scored = RunEventOf<"pool.scored">;

const of = <K extends RunEvent["type"]>(events: readonly RunEvent[], type: K): RunEventOf<K>[] =>
  events.filter((event): event is RunEventOf<K> => event.type === type);

const measured = (event: RunEventOf<"evaluated"> | undefined): Measured | null =>
  event ? { metric: event.metric, value: event.value, n: event.n, interval: event.interval } : null;

const NO_TOKENS: TokenCost = { score: 0, judge: 0, rollout: 0, train: 0, evaluate: 0 };

/** Tokens by purpose from single records: for logs that end without their own sum. */
function countTokens(events: readonly RunEvent[]): TokenCost {
  const tokens = { ...NO_TOKENS };
  for (const event of events) {
    if (event.type === "pool.scored") tokens.score += event.tokens;
    if (event.type === "step.judged") tokens.judge += event.tokens;
    if (event.type === "group.rolled") tokens.rollout += event.tokens;
    if (event.type === "step.finished") tokens.train += event.tokens;
    if (event.type === "evaluated" || event.type === "forecasts.probed") tokens.evaluate += event.tokens;
  }
  return tokens;
}

/** Rank correlation, or null where one side does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | null {
  return new Set(a).size > 1 && new Set(b).size > 1 ? spearman(a, b) : null;
}

function judgeOf(events: readonly RunEvent[]): Summary["judge"] {
  const judged = of(events, "step.judged").flatMap((event) => event.forecasts);
  if (judged.length === 0) return undefined;
  const pairs = of(events, "group.rolled")
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

/** Logs of before this was counted have none. */
function lotsOf(events: readonly RunEvent[]): Summary["lots"] {
  const steps = of(events, "step.judged").flatMap(({ byLot, selected }) =>
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

function groupsOf(events: readonly RunEvent[]): Summary["groups"] {
  const variances = of(events, "group.rolled").map(({ variance }) => variance);
  if (variances.length === 0) return undefined;
  return {
    count: variances.length,
    meanVariance: mean(variances),
    zeroVarianceShare: variances.filter((variance) => variance === 0).length / variances.length,
  };
}

function offSelectionOf(events: readonly RunEvent[]): Summary["offSelection"] {
  const probes = of(events, "forecasts.probed");
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

function rewardsOf(events: readonly RunEvent[]): number[] | undefined {
  const bySteps = new Map<number, number[]>();
  for (const { step, rewards } of of(events, "group.rolled"))
    bySteps.set(step, [...(bySteps.get(step) ?? []), ...rewards]);
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
  const failed = of(events, "run.failed").at(-1);
  const finished = of(events, "run.finished").at(-1);
  const identity = of(events, "run.started")[0]?.identity;
  const evaluations = of(events, "evaluated");
  const pool = of(events, "pool.loaded")[0]?.train ?? [];
  const compared = of(events, "estimators.compared");
  const scored = new Map<number, Scored>(of(events, "pool.scored").map((event) => [event.round, event]));
  const rewards = rewardsOf(events);
  const judge = judgeOf(events);
  const lots = lotsOf(events);
  const groups = groupsOf(events);
  const offSelection = offSelectionOf(events);
  const sums = finished ?? of(events, "round.finished").at(-1);
  const ms = sums?.secondsMs;
  const seconds = (phase: Phase) => (ms?.[phase] ?? 0) / 1000;
  return {
    status: failed || !finished ? "failed" : finished.status,
    ...(failed || !finished ? { reason: failed?.reason ?? "the run ended before it was finished" } : {}),
    ...(identity ? { identity } : {}),
    before: measured(evaluations.find((event) => event.step === 0)),
    after: measured(evaluations.filter((event) => event.step > 0).at(-1)),
    evaluations: evaluations.map(({ step, value }) => ({ step, value })),
    rounds: of(events, "round.selected").map((event) => ({
      round: event.round,
      picked: event.picks.map(({ sample }) => pool[sample]?.sampleId ?? String(sample)),
      new: event.new,
      overlap: event.overlap,
      threshold: event.threshold,
      meanScore: event.meanScore,
      scored: event.scored,
      spearmanWithFull:
        compared
          .filter(({ round }) => round === event.round)
          .flatMap(({ rows }) => rows)
          .find(({ estimator }) => estimator === scored.get(event.round)?.estimator)?.spearmanWithFull ??
        null,
    })),
    losses: of(events, "step.finished").map(({ loss }) => loss),
    ...(rewards ? { rewards } : {}),
    ...(judge ? { judge } : {}),
    ...(lots ? { lots } : {}),
    ...(groups ? { groups } : {}),
    ...(offSelection ? { offSelection } : {}),
    ...(compared.length > 0
      ? {
          estimators: compared.flatMap(({ round, rows }) =>
            rows.map(({ elapsedMs, ...row }) => ({ round, ...row, seconds: elapsedMs / 1000 })),
          ),
        }
      : {}),
    tokens: finished?.tokens ?? countTokens(events),
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
