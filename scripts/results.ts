// The types of the committed results files, both the lab's and PyTorch's, which README and docs quote.
import type * as paired from "../src/curriculum/paired";
import type { Comparison, McNemar, PairedT, Range } from "../src/curriculum/paired";
import type { ResolvedConfig } from "../src/config/tree";
import type { StrategyGroups } from "../src/curriculum/strategy";
import type { Summary } from "../src/headless/summary";

/** The arithmetic of comparisons, the page's own. */
export type Statistics = typeof paired;

/** Mean and standard error; null for one value. */
export interface Moments {
  mean: number;
  se: number | null;
}

export interface PytorchMeasure extends Moments {
  by_seed: number[];
}

/** scripts/base-model/results/reference.json */
export interface Reference {
  sft: {
    pool: string;
    strategy: string;
    N: number;
    steps: number;
    rounds: number;
    seeds: number[];
    accuracy: (PytorchMeasure & { round: number })[];
    train_tokens: Moments;
    score_tokens: Moments;
  }[];
  grpo: { strategy: string; seeds: number[]; measures: Record<string, PytorchMeasure> }[];
}

/** A measure of the lab's runs beside PyTorch's, which may have none. */
export interface Measure extends Moments {
  bySeed: (number | null)[];
  pytorch: (Moments & { bySeed: number[] }) | null;
  differenceInStandardErrors: number | null;
}

export type Environment = Record<string, string | number | boolean | string[]>;

/** docs/results/curricula.json */
export interface Curricula {
  about: string;
  rows: CurriculumRow[];
}

export interface CurriculumRow {
  pool: string;
  strategy: string;
  rounds: number;
  stepsPerRound: number;
  perRound: number | null;
  seeds: number[];
  testRows: number;
  accuracy: (Measure & { round: number })[];
  tokens: { score: number; train: number };
  seconds: { score: number; train: number; evaluate: number };
  environment: Environment | null;
}

export interface PairedDifference {
  n: number;
  bySeed: number[];
  mean: number;
  se: number | null;
  low: number;
  high: number;
  p: number | null;
  bootstrap?: Range | null;
}

/** docs/results/rewards.json */
export interface Rewards {
  about: string;
  rows: RewardRow[];
}

export interface RewardRow {
  strategy: string;
  pytorchSeeds: number[];
  seeds: number[];
  /** The last test, one char a question, 1 right: what the paired statistics are made of. */
  finalItems: (string | null)[];
  measures: Record<string, Measure>;
  minusRandom: Record<string, PairedDifference>;
  minusMetis: Record<string, PairedDifference>;
  /** Forecasts off selection, a probe after another. */
  offSelection: { seed: number; probes: NonNullable<Summary["offSelection"]> }[];
  environment: Environment | null;
}

/** docs/results/comparisons.json: one order against another over their seeds. */
export interface Comparisons {
  about: string;
  rows: ComparisonRow[];
}

export interface Spent {
  train: number;
  choose: number;
  rollout: number;
}

export type Verdict = Omit<Comparison, "mcnemar"> & { mcnemar: (McNemar | null)[] };

export interface ComparisonRow {
  story: string;
  own: string;
  other: string;
  seeds: number[];
  testRows: number;
  tokens: { own: Spent[]; other: Spent[] };
  /** Picks of rows that the base model has never met: a list a run, a number a round. */
  newPicks: number[][];
  bySteps: (Verdict & { step: number; own: (number | null)[]; other: (number | null)[] })[];
  atEqualTokens: Verdict & { budgets: number[] };
  area: Record<string, PairedT | null>;
}

/** scripts/base-model/results/judge.json */
export interface JudgeProbe {
  checkpoint: string;
  part: string;
  pool: string;
  warm: number;
  parse_failures: number;
  all: { n: number; spearman: number; mae: number };
}

/** e2e/golden/picks/needle-round1.json */
export interface GoldenPicks {
  agreement_with_full_length: Record<string, { spearman: number; shared_picks: number }>;
  estimators: Record<string, { tokens: number; top: string[] }>;
}

/** docs/results/performance.json */
export interface Performance {
  runs: PerformanceRun[];
  watched: { aim: string; measured: string; reached: string }[];
}

export interface PerformanceRow {
  task: string;
  shape: string;
  impl: string;
  unit: string;
  median: number;
  min: number;
  max: number;
  wrong?: boolean;
  savedPercent?: number;
  savedLow?: number;
  savedHigh?: number;
  prompt?: number;
  rows?: string;
  ratio?: number;
}

export interface PerformanceRun {
  name: string;
  command: string;
  browser: string;
  adapter: string;
  date: string;
  rounds: number;
  loadBefore: number | null;
  rows: PerformanceRow[];
  /** Scoring: how the ways rank samples beside full length. */
  rankCorrelations: { answers: string; way: string; n: number; rho: number; interval: Range }[];
  /** Memory: bytes of a LoRA step by purpose, peaks by rows, and lines through them. */
  steps: {
    how: string;
    weights: number;
    adapter: number;
    moments: number;
    activations: number;
    scratch: number;
    created: number;
  }[];
  peaksMiB: Record<string, number>;
  lines: { what: string; fixedMiB: number; rowKiB: number; farthestPercent: number }[];
}

/** Everything that sentences of README and docs are computed from. */
export interface Results {
  curricula: Curricula;
  comparisons: Comparisons;
  rewards: Rewards;
  performance: Performance;
  judge: JudgeProbe[];
  reference: Reference;
  picks: GoldenPicks;
  pools: { needle: { id: string; tier: string }[] };
}

/** Text of one marked block of a document. */
export type Block = (results: Results, stats: Statistics) => string;
/** File → name of the block → its text. */
export type Blocks = Record<string, Record<string, Block>>;

/** A finished run of the lab, as the results are computed from it. */
export interface FinishedRun {
  seed: number;
  config: Pick<ResolvedConfig, "curriculum"> & StrategyGroups & { environment?: Environment };
  summary: Summary;
  finalItems?: string | null;
}
