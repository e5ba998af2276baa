// What reinforcement runs of the lab say together: every measure by seed with mean and standard error, paired
// differences with their 95 % intervals, and PyTorch's figures for the same set-up. Used by scripts/record.ts.
import type * as registryModule from "../src/curriculum/registry";
import type { Range } from "../src/curriculum/paired";
import type {
  FinishedRun,
  Measure,
  Moments,
  PairedDifference,
  PytorchMeasure,
  Reference,
  RewardRow,
  Statistics,
} from "./results";
import { loadSource } from "./source";
import { METIS } from "./recorded";

const { RANDOM_ORDER, strategyNamed } = await loadSource<typeof registryModule>("src/curriculum/registry.ts");
/** The recorded group that controls are compared with besides random order. */
/** Who forecasts in a run: null where numbers before the rollouts are no forecasts. */
const forecaster = (run: FinishedRun) => {
  const strategy = strategyNamed(run.config.curriculum.strategy);
  return strategy.chooses === "prompts" ? strategy.probedBy : null;
};

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** Standard error of the mean; null for one value. */
export function standardError(values: number[]): number | null {
  if (values.length < 2) return null;
  const m = mean(values);
  return Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1) / values.length);
}

/** Name of a run's group, as PyTorch's reference calls it; ours alone are called by their strategy. */
export function groupOf(config: FinishedRun["config"]): string {
  const strategy = strategyNamed(config.curriculum.strategy);
  return strategy.recordName?.(config) ?? strategy.name;
}

const probes = (run: FinishedRun) => run.summary.offSelection ?? [];
const meanOfProbes = (run: FinishedRun, key: "spearman" | "mae" | "constantMae" | "parsed") => {
  const values = probes(run).map((probe) => probe[key]);
  const known = values.filter((value) => value !== null);
  return values.length > 0 && known.length === values.length ? mean(known) : null;
};
const inWords = (run: FinishedRun) => forecaster(run) === "words";
const forecasts = (run: FinishedRun) => forecaster(run) !== null;

function groups(run: FinishedRun) {
  if (!run.summary.groups) throw new Error("a reinforcement run without groups");
  return run.summary.groups;
}
function accuracy({ summary }: FinishedRun, when: "before" | "after"): number {
  const found = summary[when];
  if (!found) throw new Error(`a run without a test ${when} it`);
  return found.value;
}

/** Measures of a run, null where it has none. Names as in scripts/base-model/results/reference.json. */
export const MEASURES: Record<string, (run: FinishedRun) => number | null> = {
  mean_reward_variance: (run) => groups(run).meanVariance,
  zero_variance_share: (run) => groups(run).zeroVarianceShare,
  test_accuracy_start: (run) => accuracy(run, "before"),
  test_accuracy_end: (run) => accuracy(run, "after"),
  test_accuracy_gain: (run) => accuracy(run, "after") - accuracy(run, "before"),
  parse_failure_share: (run) => (inWords(run) && run.summary.judge ? 1 - run.summary.judge.parsed : null),
  forecast_spearman_on: (run) => (forecasts(run) ? (run.summary.judge?.spearman ?? null) : null),
  forecast_mae_on: (run) => (forecasts(run) ? (run.summary.judge?.mae ?? null) : null),
  forecast_spearman_off: (run) => meanOfProbes(run, "spearman"),
  forecast_mae_off: (run) => meanOfProbes(run, "mae"),
  constant_median_mae_off: (run) => meanOfProbes(run, "constantMae"),
  parse_failure_share_off: (run) => {
    const read = meanOfProbes(run, "parsed");
    return read === null ? null : 1 - read;
  },
  judge_tokens: (run) => run.summary.tokens.judge,
  rollout_tokens: (run) => run.summary.tokens.rollout,
  train_tokens: (run) => run.summary.tokens.train,
  judge_seconds: (run) => run.summary.seconds.judge,
  rollout_seconds: (run) => run.summary.seconds.rollout,
  train_seconds: (run) => run.summary.seconds.train,
};

/** Mean, standard error, 95 % interval and p of paired differences (same seed); null with fewer than two pairs. */
export function paired(
  runs: FinishedRun[],
  baseline: FinishedRun[],
  measure: (run: FinishedRun) => number | null,
  stats: Statistics,
): PairedDifference | null {
  const gaps = runs.flatMap((run) => {
    const other = baseline.find(({ seed }) => seed === run.seed);
    const [a, b] = [measure(run), other ? measure(other) : null];
    return a === null || b === null ? [] : [a - b];
  });
  const t = stats.pairedT(gaps);
  if (!t?.interval) return null;
  const { n, mean: m, se, interval, p } = t;
  return { n, bySeed: gaps, mean: m, se, low: interval[0], high: interval[1], p };
}

/** Hierarchical bootstrap of the accuracy at the end, where the runs told right and wrong by question; or null. */
function bootstrapEnd(runs: FinishedRun[], baseline: FinishedRun[], stats: Statistics): Range | null {
  const pairs = runs.flatMap((run) => {
    const other = baseline.find(({ seed }) => seed === run.seed);
    return run.finalItems && other?.finalItems ? [{ own: run.finalItems, other: other.finalItems }] : [];
  });
  return stats.bootstrap(pairs);
}

/** How far apart two means are in standard errors of both; one value borrows the other side's spread. */
function apart(own: Moments, theirs: PytorchMeasure): number | null {
  const spread = theirs.se === null ? null : theirs.se * Math.sqrt(theirs.by_seed.length);
  const se = own.se ?? spread;
  const both = Math.hypot(se ?? 0, theirs.se ?? 0);
  return both > 0 ? Math.abs(own.mean - theirs.mean) / both : null;
}

/** Rows of finished reinforcement runs of one set-up, beside PyTorch's. */
export function rewardRows(runs: FinishedRun[], reference: Reference, stats: Statistics): RewardRow[] {
  const byName = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    const name = groupOf(run.config);
    byName.set(name, [...(byName.get(name) ?? []), run]);
  }
  const random = byName.get(RANDOM_ORDER) ?? [];
  const metis = byName.get(METIS) ?? [];
  return [...byName].map(([strategy, own]) => {
    const theirs = reference.grpo.find((entry) => entry.strategy === strategy) ?? null;
    const measures: Record<string, Measure> = {};
    const minus: Pick<RewardRow, "minusRandom" | "minusMetis"> = { minusRandom: {}, minusMetis: {} };
    for (const [name, measure] of Object.entries(MEASURES)) {
      const bySeed = own.map(measure);
      const known = bySeed.filter((value) => value !== null);
      if (known.length === 0) continue;
      const other = theirs?.measures[name] ?? null;
      const moments = { mean: mean(known), se: standardError(known) };
      measures[name] = {
        bySeed,
        ...moments,
        pytorch: other && { bySeed: other.by_seed, mean: other.mean, se: other.se },
        differenceInStandardErrors: other && apart(moments, other),
      };
      for (const [key, baseline] of [
        ["minusRandom", random],
        ["minusMetis", metis],
      ] as const) {
        const difference = baseline === own ? null : paired(own, baseline, measure, stats);
        if (difference) minus[key][name] = difference;
        if (difference && name === "test_accuracy_end")
          difference.bootstrap = bootstrapEnd(own, baseline, stats);
      }
    }
    return {
      strategy,
      pytorchSeeds: theirs?.seeds ?? [],
      seeds: own.map(({ seed }) => seed),
      /** The last test, one char a question, 1 right: what the paired statistics are made of. */
      finalItems: own.map(({ finalItems }) => finalItems ?? null),
      measures,
      ...minus,
      /** Forecasts off selection, a probe after another. */
      offSelection: own.map(({ seed, summary }) => ({ seed, probes: summary.offSelection ?? [] })),
      environment: own[0].config.environment ?? null,
    };
  });
}

/** Lines a user reads: ours beside PyTorch's. */
export function rewardLines(rows: RewardRow[]): string[] {
  const shown = ["mean_reward_variance", "zero_variance_share", "test_accuracy_end", "parse_failure_share"];
  const also = ["forecast_spearman_on", "forecast_spearman_off", "forecast_mae_off"];
  const figure = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : value.toFixed(3);
  return rows.flatMap(({ strategy, seeds, measures }) => [
    `${strategy}, ${seeds.length} seeds`,
    ...[...shown, ...also].flatMap((name) => {
      const own = measures[name];
      if (!own) return [];
      const theirs = own.pytorch
        ? `; PyTorch ${figure(own.pytorch.mean)} ± ${figure(own.pytorch.se)}, ${figure(own.differenceInStandardErrors)} standard errors apart`
        : "";
      return [
        `  ${name}: ${own.bySeed.map(figure).join(" ")}, mean ${figure(own.mean)} ± ${figure(own.se)}${theirs}`,
      ];
    }),
  ]);
}
