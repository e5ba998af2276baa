// The interface of a strategy, which decides what samples are studied next. Each strategy is one file in
// strategies/ that exports a `strategy` of the type below and declares its name and settings. Everything else
// (settings form, menus, legends, glossary, names in results) is derived from that by registry.ts. Strategies are
// pure: they say what they want measured, and the trainer, which knows only this interface, measures it.
import type { ResolvedConfig } from "../config/schema";
import type { Pick as PickRecord, RunEventOf } from "../lib/events";
import type { Random } from "./random";
import type { RolledPrompt, RolloutRecord } from "./record";
import type { History, Selection } from "./select";
import type { Settings } from "./setting";

/** Every strategy's file adds its name here (`declare module`). */
export interface StrategyNames {
  /** Random order, which all others are measured against. */
  random: true;
}
export type StrategyName = keyof StrategyNames;

/** Every strategy's file with settings adds them here by dotted path: `"metis.memory": number`. */
export interface StrategySettings {
  "metis.poolMultiplier": number;
  "metis.exploration": number;
}

type GroupOf<P> = P extends `${infer G}.${string}` ? G : never;
/** The settings of all strategies as the config has them: group, then field. */
export type StrategyGroups = {
  [G in GroupOf<keyof StrategySettings>]: {
    [P in keyof StrategySettings as P extends `${G}.${infer Field}` ? Field : never]: StrategySettings[P];
  };
};

/** What a user reads of a strategy. */
export interface StrategyWords {
  /** In running text and legends: "EDCO", "random order". */
  label: string;
  /** What is studied next, in one or two sentences. */
  help: string;
  /** Paper and place, or "ours". */
  source: string;
  /** Reasons for picks, where the general ones do not fit; each completes "beat 590 of 603; ". */
  why?: Partial<Record<Exclude<PickRecord["reason"], "top-score">, string>>;
}

interface Common<State> {
  name: StrategyName;
  /** Place in menus; the first is the default. */
  menu: number;
  words: StrategyWords;
  /** Trainers it can serve. */
  trainers: readonly ("sft" | "grpo")[];
  /** The settings it reads besides those of all runs, under `group` of the config. */
  group?: keyof StrategyGroups;
  settings?: Settings;
  /** Draws at random: other strategies are measured against it. */
  random?: true;
  /** What its runs are called in results beside PyTorch's; else its name. */
  recordName?(config: StrategyGroups): string;
  /** Its memory at the start of a run: plain data, part of every checkpoint. */
  begin?(seed: number): State;
  /** Its memory after a reinforcement step. */
  learn?(state: State, step: LearntStep): State;
}

/** What a reinforcement step showed. */
export interface LearntStep {
  config: ResolvedConfig;
  groups: readonly LearntGroup[];
  /** Rewards of its forecasts of these groups; empty where it made none. */
  rewards: readonly number[];
}

export interface LearntGroup extends RolledPrompt {
  /** One a rollout, in the order drawn. */
  rewards: readonly number[];
  /** One a rollout, as the step weighs it. */
  advantages: readonly number[];
  /** Its part of the pool, where the strategy parts it; else 0. */
  part: number;
  /** The update was made of it; false for groups that were rolled out and left out. */
  trained: boolean;
  /** Where it asked for features. */
  features: Float32Array | null;
}

// ── Strategies that pick a set of samples once a round ────────────────────────────────────────────────────────────

/** What can be measured on the whole pool. */
export type PoolSignal = "entropy" | "loss" | "perplexity";

/** What is known of a sample without the model. */
export interface SampleFacts {
  prompt: string;
  promptTokens: number;
  answerTokens: number;
  difficulty: number | null;
}

export interface RoundAsk<State> {
  config: ResolvedConfig;
  /** 1 = first. */
  round: number;
  /** Picks wanted. */
  count: number;
  facts: readonly SampleFacts[];
  /** One a sample, null = not scored; null where nothing is measured. */
  scores: readonly (number | null)[] | null;
  history: History;
  random: Random;
  state: State;
}

export interface RoundStrategy<State = unknown> extends Common<State> {
  chooses: "rounds";
  /** What must be measured on the pool before it picks. */
  signal: PoolSignal | null;
  pick(ask: RoundAsk<State>): {
    selection: Selection;
    state: State;
    /** One sentence for the log, where picks alone do not tell how they came about. */
    note?: string;
  };
  /** Why there may be nothing to pick; completes "Round 1 has nothing to pick: ". */
  nothing?: string;
}

// ── Strategies that choose each step's prompts out of freshly drawn candidates ────────────────────────────────────

/** Forecasts of reward variance, one a candidate; null = none or unreadable. */
export type Forecasts = (number | null)[];

export interface PromptView<State> {
  config: ResolvedConfig;
  /** Pool indices. */
  candidates: readonly number[];
  promptOf: (sample: number) => string;
  /** What earlier rollouts have shown. */
  record: RolloutRecord;
  state: State;
  pool: readonly SampleFacts[];
  /** Groups of the pool, for strategies that part it; else one group of all. */
  parts: Parts;
}

/** What a strategy knows when it draws the candidates of a step itself. */
export interface DrawAsk<State> {
  config: ResolvedConfig;
  /** Steps finished. */
  step: number;
  /** Share of the budget used, 0 to 1. */
  progress: number;
  /** Prompts that a step trains. */
  count: number;
  pool: readonly SampleFacts[];
  parts: Parts;
  record: RolloutRecord;
  random: Random;
  state: State;
}

/** What a strategy knows once prompts were rolled out. */
export interface KeepAsk<State> {
  config: ResolvedConfig;
  /** Steps finished. */
  step: number;
  /** Prompts that a step trains. */
  count: number;
  /** All groups of this step so far, in the order rolled out. */
  groups: readonly LearntGroup[];
  /** Times the step rolled out, this one included. */
  times: number;
  /** Samples in the pool. */
  poolSize: number;
  random: Random;
  state: State;
}

export interface Kept<State> {
  /** Positions of the groups that are trained. None = those rolled out first are: an update that teaches nothing. */
  kept: number[];
  /** Samples to roll out too before it is asked again; none = the step can be made. */
  again: number[];
  state: State;
}

/** What is to be measured about the candidates, and how forecasts follow from it. */
export type Ask =
  | { wants: "nothing"; read: () => Forecasts }
  /** The policy writes a judgment behind each context. */
  | {
      wants: "judgments";
      contexts: string[];
      maxTokens: number;
      temperature: number;
      read: (texts: readonly string[]) => Forecasts;
    }
  /** The model's hidden state at each prompt's last token, scaled to unit mean square. */
  | { wants: "features"; read: (features: readonly Float32Array[]) => Forecasts }
  /** The mean entropy of the policy along each prompt's own tokens, nats a token: ranks candidates, and forecasts nothing. */
  | { wants: "prompt-entropy"; rank: (nats: readonly number[]) => number[] }
  /** The variance of rollouts of every candidate. */
  | { wants: "rollouts"; read: (variances: readonly number[]) => Forecasts };

export interface PromptStrategy<State = unknown> extends Common<State> {
  chooses: "prompts";
  /** The first step trains a uniform batch: there is nothing to remember yet. */
  coldStart?: true;
  /** Groups of the pool, where it needs them: made once a run, the same for the same texts and config. */
  part?(size: number, promptOf: (sample: number) => string, config: ResolvedConfig): Parts;
  /** The candidates of a step, all different, where they are not drawn at random; `atRandom` names those that were. */
  draw?(ask: DrawAsk<State>): { samples: number[]; atRandom?: number[]; state: State };
  /** Prompts that are rolled out in a step, where these are not as many as are trained. */
  rolls?(config: ResolvedConfig): number;
  /** Which of the rolled-out groups are trained; left out = all. */
  keep?(ask: KeepAsk<State>): Kept<State>;
  /** Why a candidate stands where it does, where values alone do not tell; completes "Studied: ". */
  explain?(view: PromptView<State>, sample: number): string;
  ask(view: PromptView<State>): Ask;
  /** What candidates are ranked by, where that is not their own forecast. */
  rank?(view: PromptView<State>, forecasts: Forecasts, random: Random): Forecasts;
  /**
   * Makes the forecasts that are checked on samples nothing selected; null: its numbers are no forecasts, and the model is
   * asked for judgments instead.
   */
  probedBy: "words" | "head" | "control" | null;
  /** Its judgments are used for strategies that do not forecast. */
  asksForOthers?: true;
  /** Rewards of the forecasts of trained prompts, and their baseline. */
  reward?(
    state: State,
    forecasts: Forecasts,
    variances: readonly number[],
    config: ResolvedConfig,
  ): { rewards: number[]; baseline: number };
  /** Weight on −log p of every token of each judgment of an update; null = judgments are not trained. */
  judgmentWeights?(rewards: readonly number[], baseline: number, config: ResolvedConfig): number[] | null;
}

// ── Strategies that choose each supervised batch, and learn from the losses of the rows in it ─────────────────────

/** The pool in groups that are alike; every sample is in one. */
export interface Parts {
  /** One a group, all different. */
  names: readonly string[];
  /** Group of each sample. */
  of: readonly number[];
}

export interface BatchAsk<State> {
  config: ResolvedConfig;
  /** Rows wanted. */
  size: number;
  parts: Parts;
  state: State;
}

/** A row that was not drawn at random, and why. */
export interface ChosenRow {
  sample: number;
  /** Reads on after "picked: ". */
  why: string;
}

export interface ChosenBatch {
  /** Rows of random order, in its order; they come first in the batch. */
  random: number[];
  chosen: ChosenRow[];
}

/** What a step showed. */
export interface TrainedBatch {
  config: ResolvedConfig;
  parts: Parts;
  batch: ChosenBatch;
  /** Mean −log p of each row's target tokens before the step, nats; random rows first; NaN = not finite. */
  losses: readonly number[];
}

/** What the log tells of a step beside its rows, for the picture. */
export type BatchTold = Pick<
  RunEventOf<"batch.chosen">,
  "firstSights" | "open" | "gain" | "paid" | "balance"
>;

export interface BatchStrategy<State = unknown> extends Common<State> {
  chooses: "batches";
  begin(seed: number): State;
  /** Groups of the pool, from its texts alone: made once a run, the same for the same texts and config. */
  part(size: number, promptOf: (sample: number) => string, config: ResolvedConfig): Parts;
  draw(ask: BatchAsk<State>): { batch: ChosenBatch; state: State };
  /** After each step, whether or not anything was chosen. */
  see(state: State, trained: TrainedBatch): { state: State; told: BatchTold };
}

export type Strategy<State = unknown> = RoundStrategy<State> | PromptStrategy<State> | BatchStrategy<State>;
