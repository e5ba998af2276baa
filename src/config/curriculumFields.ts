// Settings of choosing: rounds and picks, the entropy estimator with all its switches, and what strategies add of
// their own (src/curriculum/strategies).
import * as v from "valibot";
import { DEFAULT_STRATEGY, STRATEGIES, STRATEGY_NAMES, STRATEGY_SETTINGS } from "../curriculum/registry";
import type { StrategyGroups, StrategyName } from "../curriculum/strategy";
import {
  choice,
  fieldOf,
  flag,
  group,
  number,
  numberOrNull,
  rangeOrNull,
  text,
  whole,
  wholeOrNull,
} from "./fields";

const SAMPLED = { path: "curriculum.estimator.decode", in: ["sampled"] } as const;

/** "What is studied next. metis, … need grpo." */
const STRATEGY_HELP: string = `What is studied next. ${STRATEGIES.filter(
  ({ trainers }) => !trainers.includes("sft"),
)
  .map(({ name }) => name)
  .join(", ")} need grpo.`;

const estimator = group({
  preset: choice("none", ["none", "released-code"], {
    label: "Estimator preset",
    help: "released-code: as EDCO's authors published it (128 sampled tokens, top 20 renormalised, bits, mean of the top fifth, quick answer on). Settings written beside it win.",
  }),
  kind: choice("prefix", ["prefix", "full", "teacher-forced"], {
    label: "Entropy of",
    help: "prefix: the first tokens of an answer of its own; full: the whole answer; teacher-forced (ours): the first tokens of the reference answer, without decoding.",
  }),
  prefixTokens: whole(8, 1, 4096, {
    label: "Prefix length",
    unit: "tokens",
    help: "Answer tokens that count.",
  }),
  reduce: choice("mean", ["mean", "top-fifth"], {
    label: "Reduce",
    help: "Mean of all tokens, or of the most uncertain fifth (at least one).",
  }),
  unit: choice("nats", ["nats", "bits"], { label: "Unit", help: "1 nat = 1.4427 bits." }),
  vocabulary: choice("full", ["full", "top20"], {
    label: "Vocabulary",
    help: "All tokens, or the 20 most likely renormalised.",
    advanced: true,
  }),
  decode: choice("sampled", ["greedy", "sampled"], {
    label: "Decoding",
    help: "How the scored answer is written.",
    advanced: true,
  }),
  temperature: number(0.7, 0.05, 4, {
    label: "Temperature",
    help: "Of the scored answer; entropies are of the raw distribution.",
    step: 0.05,
    advanced: true,
    when: SAMPLED,
  }),
  topP: number(0.7, 0.05, 1, {
    label: "Top-p",
    help: "Of the scored answer; 1 = off.",
    step: 0.05,
    advanced: true,
    when: SAMPLED,
  }),
  samples: whole(1, 1, 32, {
    label: "Answers a sample",
    help: "Scores of several answers are averaged.",
    advanced: true,
    when: SAMPLED,
  }),
  quickAnswer: flag(false, {
    label: "Quick answer",
    help: "Put a request for a short answer before the question while scoring.",
  }),
  quickAnswerText: text("Answer briefly. ", {
    label: "Quick-answer text",
    help: "What is put before the question.",
    advanced: true,
    when: { path: "curriculum.estimator.quickAnswer", in: [true] },
  }),
  fullTokens: whole(40, 1, 4096, {
    label: "Longest answer",
    unit: "tokens",
    help: "Where full-length scoring stops.",
    advanced: true,
  }),
});

export const curriculum = group({
  strategy: choice<StrategyName>(DEFAULT_STRATEGY, STRATEGY_NAMES, {
    label: "Strategy",
    help: STRATEGY_HELP,
  }),
  refresh: choice("round", ["round", "once"], {
    label: "Refresh",
    help: "Score the pool again each round, or once before training (static).",
    advanced: true,
  }),
  rounds: whole(5, 1, 1000, { label: "Rounds", unit: "rounds", help: "How often the picks are made anew." }),
  perRound: wholeOrNull(64, 1, 1000000, {
    label: "Picks a round",
    unit: "samples",
    help: "N. null = the pool divided by the rounds.",
  }),
  order: choice("shuffled", ["descending", "shuffled"], {
    label: "Order in a round",
    help: "Highest score first, or shuffled anew each pass.",
    advanced: true,
  }),
  restartOptimizer: flag(true, {
    label: "Restart optimiser",
    help: "Moments and schedule start afresh each round.",
    advanced: true,
  }),
  skipTopShare: number(0, 0, 0.9, {
    label: "Skip the top",
    unit: "of the pool",
    help: "Leave out this share of the highest scores (outlier guard).",
    step: 0.01,
    advanced: true,
  }),
  window: rangeOrNull(null, 0, 1e9, {
    label: "Score window",
    unit: "score",
    help: "Only scores in [low, high] may be picked.",
    advanced: true,
  }),
  excludeSeen: flag(false, {
    label: "Exclude seen",
    help: "A sample is picked at most once in the run while others are left.",
    advanced: true,
  }),
  exploration: number(0, 0, 1, {
    label: "Random share",
    unit: "of the picks",
    help: "This share of the picks is drawn at random.",
    step: 0.05,
    advanced: true,
  }),
  softmaxTemperature: numberOrNull(null, 1e-3, 1e3, {
    label: "Softmax sampling",
    unit: "score",
    help: "Draw picks with probability ∝ exp(score / T) instead of taking the top; null = take the top.",
    advanced: true,
  }),
  estimator,
});

type Groups = {
  [G in keyof StrategyGroups]: v.OptionalSchema<
    v.GenericSchema<Partial<StrategyGroups[G]>, StrategyGroups[G]>,
    never
  >;
};

/** The settings that strategies bring, by group; each is shown where a strategy that reads it is chosen. */
export const strategyGroups = Object.fromEntries(
  [...STRATEGY_SETTINGS].map(([name, fields]) => [
    name,
    group(
      Object.fromEntries(
        [...fields].map(([field, { setting, readers }]) => [
          field,
          fieldOf(setting, { path: "curriculum.strategy", in: readers }),
        ]),
      ),
    ),
  ]),
) as unknown as Groups;

/** EDCO's published scorer; the wrapper text stays the reader's own (theirs is Chinese). */
export const RELEASED_CODE_ESTIMATOR = {
  kind: "prefix",
  prefixTokens: 128,
  reduce: "top-fifth",
  unit: "bits",
  vocabulary: "top20",
  decode: "sampled",
  temperature: 0.7,
  topP: 0.7,
  samples: 1,
  quickAnswer: true,
} as const;
