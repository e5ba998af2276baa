// The types of a run's view, which the fold of the log fills and page, report and summary read. Typed arrays hold
// numbers per sample or step; plain objects hold the few values per round.
import type { LogSample, Phase, Pick, ProbeAnswer, RunEventOf, RunIdentity, TokenCost } from "../lib/events";
import type { RunConfig } from "./config";
import type { LogPhase } from "./phases";
import { Column } from "./series";

/** What an evaluation had cost by then. Evaluation, loading and saving are not part of it. */
export interface Spent {
  steps: number;
  trainTokens: number;
  /** Scoring, judging and rollouts included. */
  allTokens: number;
  seconds: number;
}

export type CostAxis = keyof Spent;

export interface EvaluationView extends Spent {
  round: number;
  step: number;
  metric: string;
  value: number;
  n: number;
  /** 95 % of the test set's own error. */
  interval: [number, number];
  items: string;
}

export interface RoundView {
  round: number;
  /** f32[samples], NaN = not scored; null before the round's scoring or where the strategy does not score. */
  scores: Float32Array | null;
  unit: string;
  estimator: string;
  prefixTokens: number | null;
  scoreTokens: number;
  scoreMs: number;
  /** null until the round has chosen. */
  picks: Pick[] | null;
  /** u8[samples], 1 = picked in this round. */
  picked: Uint8Array | null;
  threshold: number | null;
  missed: { sample: number; score: number }[];
  newPicks: number;
  overlap: number;
  meanScore: number | null;
  scored: number;
}

export interface PhaseView {
  phase: LogPhase;
  round: number;
  step: number;
  fromMs: number;
  /** Its time up to here is included in `spentMs`; reinforcement steps report their parts themselves. */
  bookedMs: number;
  /** null while it runs. */
  toMs: number | null;
}

export interface StepColumns {
  step: Column;
  round: Column;
  /** NaN where nothing was changed. */
  loss: Column;
  /** As the step computed it, also where nothing was changed. */
  computedLoss: Column;
  tokens: Column;
  gradNorm: Column;
  atMs: Column;
  /** 1 = not finite, nothing was changed. */
  skipped: Column;
  /** Parts of a reinforcement step; NaN where the log does not say. */
  judgeMs: Column;
  rolloutMs: Column;
  trainMs: Column;
}

/** Groups of the pool and the batches chosen by them; nothing where the strategy knows none. */
export interface BatchesView {
  /** Names of the groups. */
  names: readonly string[];
  /** Group of each sample. */
  parts: readonly number[];
  steps: RunEventOf<"batch.chosen">[];
}

export type GroupView = RunEventOf<"group.rolled">;
export type JudgedView = RunEventOf<"step.judged">;
export type ForecastProbeView = RunEventOf<"forecasts.probed">;

/** Topics a picture can listen to. Their numbers only grow, over all views of a session. */
export type Topic =
  "run" | "pool" | "scores" | "picks" | "steps" | "evaluations" | "probes" | "phases" | "groups";

export interface RunView {
  runId: string;
  name: string;
  seed: number;
  config: RunConfig;
  environment: Readonly<Record<string, string | number | boolean>>;
  /** What the run was made of; null in logs that do not say. */
  identity: RunIdentity | null;
  planned: { rounds: number; steps: number; scoredPerRound: number };
  status: "empty" | "running" | "done" | "stopped" | "failed";
  failure: { code: string; reason: string; hint: string } | null;
  poolName: string;
  samples: readonly LogSample[];
  testSize: number;
  rounds: RoundView[];
  /** u16[samples]: the round of the first pick, 0 = never picked. */
  firstPick: Uint16Array;
  phases: PhaseView[];
  steps: StepColumns;
  evaluations: EvaluationView[];
  probes: { round: number; step: number; answers: ProbeAnswer[] }[];
  /** Estimators compared, in the rounds in which the run did it. */
  comparisons: RunEventOf<"estimators.compared">[];
  batches: BatchesView;
  groups: GroupView[];
  judged: JudgedView[];
  forecastProbes: ForecastProbeView[];
  notes: { code: string; text: string; atMs: number }[];
  tokens: TokenCost;
  spentMs: Record<Phase, number>;
  /** The run's own sums, from its end or else its last finished round; null before there are any. */
  sums: { tokens: TokenCost; secondsMs: Record<Phase, number> } | null;
  /** Round and step of the newest record. */
  round: number;
  step: number;
  clockMs: number;
  /** When the pool was last scored: what follows until a comparison of estimators is the comparison. */
  scoredMs: number;
  version: Record<Topic, number>;
}

export function emptyView(): RunView {
  return {
    runId: "",
    name: "",
    seed: 0,
    config: {},
    environment: {},
    identity: null,
    planned: { rounds: 0, steps: 0, scoredPerRound: 0 },
    status: "empty",
    failure: null,
    poolName: "",
    samples: [],
    testSize: 0,
    rounds: [],
    firstPick: new Uint16Array(0),
    phases: [],
    steps: {
      step: new Column(),
      round: new Column(),
      loss: new Column(),
      computedLoss: new Column(),
      tokens: new Column(),
      gradNorm: new Column(),
      atMs: new Column(),
      skipped: new Column(),
      judgeMs: new Column(),
      rolloutMs: new Column(),
      trainMs: new Column(),
    },
    evaluations: [],
    probes: [],
    comparisons: [],
    batches: { names: [], parts: [], steps: [] },
    groups: [],
    judged: [],
    forecastProbes: [],
    notes: [],
    tokens: { score: 0, judge: 0, rollout: 0, train: 0, evaluate: 0 },
    spentMs: { load: 0, score: 0, judge: 0, rollout: 0, train: 0, evaluate: 0, save: 0 },
    sums: null,
    round: 0,
    step: 0,
    clockMs: 0,
    scoredMs: 0,
    version: {
      run: 0,
      pool: 0,
      scores: 0,
      picks: 0,
      steps: 0,
      evaluations: 0,
      probes: 0,
      phases: 0,
      groups: 0,
    },
  };
}
