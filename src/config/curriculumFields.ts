// Settings of the curriculum: rounds, picks, the entropy estimator, and the settings that each strategy declares in
// its own file (src/curriculum/strategies).
import * as v from "valibot";
import {
  DEFAULT_STRATEGY,
  STRATEGIES,
  STRATEGY_NAMES,
  STRATEGY_SETTINGS,
  measuring,
  scoring,
} from "../curriculum/registry";
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
  type Condition,
} from "./fields";

/** The estimator measures entropy: it is there for strategies whose signal that is. */
export const BY_ENTROPY: Condition = { path: "curriculum.strategy", in: measuring("entropy") };
const BY_SCORE: Condition = { path: "curriculum.strategy", in: scoring() };
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
    help: "released-code = scoring as in the code EDCO's authors published (128 sampled tokens, the 20 likeliest tokens renormalised, bits, mean of the most uncertain fifth, quick answer on). Values you set yourself replace the preset's.",
    when: BY_ENTROPY,
  }),
  kind: choice("prefix", ["prefix", "full", "teacher-forced"], {
    label: "Entropy measured on",
    help: "Which tokens the entropy is measured on: prefix = the first tokens of an answer the model writes; full = that whole answer; teacher-forced = the first tokens of the reference answer, which needs no writing (not in the paper).",
    when: BY_ENTROPY,
  }),
  prefixTokens: whole(8, 1, 4096, {
    label: "Prefix length",
    unit: "tokens",
    help: "How many tokens of the answer are measured.",
    when: BY_ENTROPY,
  }),
  reduce: choice("mean", ["mean", "top-fifth"], {
    label: "Average over",
    help: "mean = over all measured tokens; top-fifth = over the most uncertain fifth of them, at least one.",
    when: BY_ENTROPY,
  }),
  unit: choice("nats", ["nats", "bits"], {
    label: "Unit",
    help: "The unit of entropy; 1 nat = 1.4427 bits.",
    when: BY_ENTROPY,
  }),
  vocabulary: choice("full", ["full", "top20"], {
    label: "Entropy over",
    help: "Entropy over the whole vocabulary, or over the 20 likeliest tokens with their probabilities renormalised.",
    advanced: true,
    when: BY_ENTROPY,
  }),
  decode: choice("sampled", ["greedy", "sampled"], {
    label: "Decoding",
    help: "How the model writes the answer that is scored: greedy = always the likeliest token; sampled = at random by probability.",
    advanced: true,
    when: BY_ENTROPY,
  }),
  temperature: number(0.7, 0.05, 4, {
    label: "Temperature",
    help: "Randomness of the scored answer. Entropy itself is measured at temperature 1.",
    step: 0.05,
    advanced: true,
    when: [BY_ENTROPY, SAMPLED],
  }),
  topP: number(0.7, 0.05, 1, {
    label: "Top-p",
    help: "The scored answer uses only the likeliest tokens that together have this probability; 1 = all.",
    step: 0.05,
    advanced: true,
    when: [BY_ENTROPY, SAMPLED],
  }),
  samples: whole(1, 1, 32, {
    label: "Answers a sample",
    help: "Answers written for each sample; their scores are averaged.",
    advanced: true,
    when: [BY_ENTROPY, SAMPLED],
  }),
  quickAnswer: flag(false, {
    label: "Quick answer",
    help: "While scoring, ask for a short answer before the question.",
    when: BY_ENTROPY,
  }),
  quickAnswerText: text("Answer briefly. ", {
    label: "Quick-answer text",
    help: "The text that is put before the question.",
    advanced: true,
    when: [BY_ENTROPY, { path: "curriculum.estimator.quickAnswer", in: [true] }],
  }),
  fullTokens: whole(40, 1, 4096, {
    label: "Longest full answer",
    unit: "tokens",
    help: "With full answers, a scored answer is cut off after this many tokens.",
    advanced: true,
    when: BY_ENTROPY,
  }),
});

export const curriculum = group({
  strategy: choice<StrategyName>(DEFAULT_STRATEGY, STRATEGY_NAMES, {
    label: "Strategy",
    help: STRATEGY_HELP,
  }),
  refresh: choice("round", ["round", "once"], {
    label: "Score the pool",
    help: "round = score the pool before every round; once = only before training, so the order never changes.",
    advanced: true,
    when: BY_SCORE,
  }),
  rounds: whole(5, 1, 1000, {
    label: "Rounds",
    unit: "rounds",
    help: "How many times samples are chosen anew.",
  }),
  perRound: wholeOrNull(64, 1, 1000000, {
    label: "Picks a round",
    unit: "samples",
    help: "Samples chosen for each round; empty = the size of the pool divided by the rounds.",
  }),
  order: choice("shuffled", ["descending", "shuffled"], {
    label: "Order in a round",
    help: "descending = highest score first; shuffled = in a new random order at every pass.",
    advanced: true,
  }),
  restartOptimizer: flag(true, {
    label: "Restart optimiser",
    help: "Begin each round with a fresh optimiser and learning-rate schedule.",
    advanced: true,
  }),
  skipTopShare: number(0, 0, 0.9, {
    label: "Skip the highest",
    unit: "of the pool",
    help: "Never pick this share of the pool with the highest scores, which may be outliers.",
    step: 0.01,
    advanced: true,
    when: BY_SCORE,
  }),
  window: rangeOrNull(null, 0, 1e9, {
    label: "Score window",
    unit: "score",
    help: "Pick only samples with scores in [low, high].",
    advanced: true,
    when: BY_SCORE,
  }),
  excludeSeen: flag(false, {
    label: "No repeats",
    help: "Pick no sample a second time until all have been picked once.",
    advanced: true,
    when: BY_SCORE,
  }),
  exploration: number(0, 0, 1, {
    label: "Random share",
    unit: "of the picks",
    help: "This share of the picks is drawn at random from the whole pool.",
    step: 0.05,
    advanced: true,
    when: BY_SCORE,
  }),
  softmaxTemperature: numberOrNull(null, 1e-3, 1e3, {
    label: "Softmax sampling",
    unit: "score",
    help: "Draw the picks at random with probability ∝ exp(score / T), where T is this value; empty = take the highest scores.",
    advanced: true,
    when: BY_SCORE,
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
