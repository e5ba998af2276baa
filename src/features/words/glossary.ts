// The glossary: each term of the lab is defined here once, for tooltips and for the list of terms.
import { STRATEGIES, strategyLabel, type StrategyName } from "../../curriculum/registry";

const general = {
  sample: "One question with its reference answer.",
  pool: "All samples that the curriculum may choose from.",
  round: "The curriculum chooses once, then trains for some steps. That is a round.",
  pick: "A sample chosen for this round.",
  score: "The number by which samples are ranked. Here: how unsure the model is about its own answer.",
  entropy:
    "How undecided the model is about its next token, in nats. 0 nats: sure. 0.69 nats: torn between two equals. Averaged over the first tokens of its answer.",
  nats: "The unit of entropy with natural logarithms. 1 nat = 1.44 bits.",
  threshold: "The lowest score that was still picked in the round.",
  "all tokens":
    "Every token the GPU worked on for learning: scoring, judging, rollouts and training. Testing is left out.",
  "training tokens": "Tokens in the trained rows, prompts included. Scoring is left out.",
  seconds: "Time on this device, scoring included. Testing, loading and saving are left out.",
  steps: "Updates of the adapter, one a batch. Scoring is left out.",
  band: "The shaded room around a line. With one run: 95 % interval of the test set's own error. With several seeds: from the lowest to the highest of them, no interval.",
  baseline:
    "The run that this one is compared with, drawn in grey: same questions, model, budget and seed, usually in random order.",
  "prefix entropy": "Entropy averaged over the first L tokens of the answer only. Shorter is cheaper.",
  "teacher-forced":
    "The model reads the reference answer instead of writing its own, so nothing has to be decoded.",
  spearman: "Agreement of two rankings: 1 is the same order, 0 is none.",
  loss: "How surprised the model was by the reference answers of a batch, in nats a token.",
  lora: "A small trainable addition to each frozen matrix. The model's own weights never change.",
  rollout: "An answer that the model writes for itself, to be rewarded.",
  reward: "How good an answer is, from 0 to 1, decided by a rule that can be checked.",
  advantage: "How much better an answer was than its group's mean. Training raises what is above it.",
  variance: "How much the rewards of one prompt differ. 0: all right or all wrong, nothing to learn from.",
} as const;

export type Word = keyof typeof general | StrategyName;

/** The words above, and each strategy's name, which its own file explains. */
export const glossary = {
  ...general,
  ...Object.fromEntries(STRATEGIES.map(({ name, words }) => [name, words.help])),
} as Readonly<Record<Word, string>>;

/** A word as the list writes it. */
export const written = (word: string): string => (word === "lora" ? "LoRA" : strategyLabel(word));
