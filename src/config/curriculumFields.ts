// Settings of the curriculum: strategies, the entropy estimator with all its switches, and METIS.
import { choice, flag, group, number, numberOrNull, rangeOrNull, text, whole, wholeOrNull } from "./fields";

/** Scores of the pool or fixed orders; they serve both trainers. */
export const POOL_STRATEGIES = [
  "edco",
  "random",
  "loss",
  "perplexity",
  "length",
  "answer-length",
  "easy-to-hard",
  "hard-to-easy",
] as const;
/** Choose each step's prompts from a fresh candidate pool by (forecast) reward variance; GRPO only. */
export const PROMPT_STRATEGIES = [
  "metis",
  "metis-head",
  "oracle",
  "last-variance",
  "running-mean",
  "shuffled",
  "pcl",
  "uniform",
] as const;
const METIS = { path: "curriculum.strategy", in: ["metis", "metis-head", "shuffled"] } as const;
const SAMPLED = { path: "curriculum.estimator.decode", in: ["sampled"] } as const;

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
  strategy: choice("edco", [...POOL_STRATEGIES, ...PROMPT_STRATEGIES], {
    label: "Strategy",
    help: "What is studied next. The second half needs grpo.",
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

export const metis = group({
  poolMultiplier: whole(3, 1, 64, {
    label: "Candidates",
    unit: "× samples a step",
    help: "m: candidates a step = m × B. The paper does not say; ours.",
    when: { path: "curriculum.strategy", in: PROMPT_STRATEGIES },
  }),
  memory: whole(3, 0, 32, {
    label: "Memory",
    unit: "examples",
    help: "K most recent (prompt, variance) pairs in the context; the paper's K is 3.",
    when: METIS,
  }),
  memoryOrder: choice("uniform", ["uniform", "spread", "best-last"], {
    label: "Remembered prompts",
    help: "Which of the last step's prompts are remembered. uniform: drawn at random; spread: evenly over their variances; best-last: the lowest forecasts of the batch (as this lab did before). The paper does not say; ours.",
    advanced: true,
    when: METIS,
  }),
  lambda: number(0.01, 0, 10, {
    label: "Judgment weight",
    help: "λ of the judgment loss; the paper's is 0.01.",
    step: 0.01,
    when: METIS,
  }),
  judgeLength: numberOrNull(10, 1, 8192, {
    label: "Judgment length scale",
    unit: "tokens",
    help: "The judgment loss is divided by this, as dr_grpo's is by its length scale; null = 1. The paper does not say; ours.",
    advanced: true,
    when: METIS,
  }),
  judgeMaxTokens: whole(14, 1, 512, {
    label: "Judgment length",
    unit: "tokens",
    help: "The paper does not say; ours.",
    advanced: true,
    when: METIS,
  }),
  judgeTemperature: number(1, 0, 4, {
    label: "Judgment temperature",
    help: "The paper does not say; ours.",
    step: 0.1,
    advanced: true,
    when: METIS,
  }),
  baselineDecay: number(0.9, 0, 0.9999, {
    label: "Baseline decay",
    help: "Moving average of the judgment reward. The paper does not say; ours.",
    step: 0.01,
    advanced: true,
    when: METIS,
  }),
  fallback: choice("running-mean", ["running-mean", "zero", "highest"], {
    label: "Unparsed forecast",
    help: "What stands in for a judgment without a number. The paper does not say; ours.",
    advanced: true,
    when: METIS,
  }),
  unparsedReward: number(0, -1, 1, {
    label: "Reward of an unparsed judgment",
    help: "The paper does not say; ours.",
    step: 0.1,
    advanced: true,
    when: METIS,
  }),
  exploration: number(0, 0, 1, {
    label: "Random slice",
    unit: "of the batch",
    help: "ε: drawn at random so that forecasts are measured off selection too. Ours.",
    step: 0.05,
    when: { path: "curriculum.strategy", in: PROMPT_STRATEGIES },
  }),
  target: number(0.5, 0, 1, {
    label: "PCL target",
    help: "pcl: prompts whose value is nearest to this.",
    step: 0.05,
    advanced: true,
    when: { path: "curriculum.strategy", in: ["pcl"] },
  }),
  headLearningRate: number(0.3, 1e-6, 10, {
    label: "Head learning rate",
    help: "metis-head: step size of the linear head. Ours, not the paper's.",
    advanced: true,
    when: { path: "curriculum.strategy", in: ["metis-head"] },
  }),
});

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
