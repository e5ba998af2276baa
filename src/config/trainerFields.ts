// Settings of the trainers: supervised steps, and reinforcement steps with graded answers.
import { choice, flag, group, number, numberOrNull, range, text, whole } from "./fields";

export const REWARDS = [
  "exact",
  "final-answer",
  "numeric",
  "contains",
  "regex",
  "json",
  "tests",
  "function",
] as const;

const GRPO = { path: "trainer.kind", in: ["grpo"] } as const;
const reward = group({
  kind: choice("final-answer", REWARDS, {
    label: "Reward",
    help: "How an answer is graded, from 0 to 1. final-answer compares only what follows the answer marker.",
  }),
  marker: text("so ", {
    label: "Answer marker",
    help: "The text after its last occurrence is the final answer that is graded.",
    advanced: true,
  }),
  tolerance: number(1e-6, 0, 1e9, {
    label: "Tolerance",
    help: "An answer counts as right if it differs from the reference number by at most this much.",
    when: { path: "trainer.reward.kind", in: ["numeric"] },
  }),
  pattern: text(
    "",
    {
      label: "Pattern",
      help: "A regular expression that the answer must match; {answer} stands for the reference answer.",
      when: { path: "trainer.reward.kind", in: ["regex"] },
    },
    true,
  ),
  code: text(
    "",
    {
      label: "Reward function",
      help: "The body of a JavaScript function of (text, answer, prompt) that returns a number from 0 to 1. It runs in a sandbox with limited time and memory.",
      when: { path: "trainer.reward.kind", in: ["function"] },
    },
    true,
  ),
  timeoutMs: whole(1000, 10, 60000, {
    label: "Time limit",
    unit: "ms for 16 answers",
    help: "If grading takes longer, the run stops with an error message.",
    advanced: true,
    when: { path: "trainer.reward.kind", in: ["function", "regex"] },
  }),
});

export const trainer = group({
  kind: choice("sft", ["sft", "grpo"], {
    label: "Trainer",
    help: "sft (supervised fine-tuning) learns the reference answers; grpo (reinforcement) lets the model write answers, grades them and learns from the grades.",
  }),
  samplesPerBatch: whole(8, 1, 512, {
    label: "Samples a step",
    unit: "samples",
    help: "Samples in one training step; with grpo, prompts.",
  }),
  learningRate: number(2e-3, 1e-8, 1, {
    label: "Learning rate",
    help: "How far one step of the optimiser (AdamW) moves the adapter.",
    step: 1e-4,
  }),
  schedule: choice("constant", ["constant", "linear", "cosine"], {
    label: "Schedule",
    help: "How the learning rate falls during a round, or during the run if the optimiser is not restarted.",
    advanced: true,
  }),
  warmupSteps: whole(0, 0, 100000, {
    label: "Warm-up",
    unit: "steps",
    help: "Steps during which the learning rate rises from 0.",
    advanced: true,
  }),
  weightDecay: number(0, 0, 1, {
    label: "Weight decay",
    help: "How strongly AdamW pulls the adapter towards 0.",
    step: 0.01,
    advanced: true,
  }),
  clipNorm: number(1, 0, 1000, {
    label: "Gradient clipping",
    help: "Gradients with a larger norm are scaled down to it; 0 = off.",
    step: 0.1,
    advanced: true,
  }),
  beta1: number(0.9, 0, 0.9999, {
    label: "Beta 1",
    help: "How slowly AdamW's mean of the gradients changes.",
    step: 0.01,
    advanced: true,
  }),
  beta2: number(0.95, 0, 0.99999, {
    label: "Beta 2",
    help: "How slowly AdamW's mean of the squared gradients changes.",
    step: 0.01,
    advanced: true,
  }),
  epsilon: number(1e-8, 1e-12, 1e-2, {
    label: "Epsilon",
    help: "The small number that AdamW adds to the divisor, after the square root.",
    advanced: true,
  }),
  rollouts: whole(8, 2, 64, {
    label: "Rollouts",
    unit: "a prompt",
    help: "Answers the model writes for each prompt in a step.",
    when: GRPO,
  }),
  temperature: number(1, 0.05, 4, {
    label: "Rollout temperature",
    help: "Randomness of the rollouts: 1 = as the model predicts, lower = more likely tokens.",
    step: 0.05,
    when: GRPO,
  }),
  topP: number(1, 0.05, 1, {
    label: "Rollout top-p",
    help: "1 = off.",
    step: 0.05,
    advanced: true,
    when: GRPO,
  }),
  maxNewTokens: whole(36, 1, 4096, {
    label: "Rollout length",
    unit: "tokens",
    help: "A rollout is cut off after this many tokens.",
    when: GRPO,
  }),
  clip: range([0.2, 0.2], 0, 10, {
    label: "Ratio clip",
    help: "[low, high]: the ratio of new to old token probability counts only between 1 − low and 1 + high.",
    advanced: true,
    when: GRPO,
  }),
  kl: number(0, 0, 10, {
    label: "KL weight",
    help: "How strongly the model is held near the reference model (KL divergence, k3 estimate); 0 = off.",
    step: 0.01,
    when: GRPO,
  }),
  klReference: choice("start", ["start", "base"], {
    label: "KL reference",
    help: "The reference model: start = as it was at the first rollout, after any warm start (as TRL does); base = without an adapter.",
    advanced: true,
    when: GRPO,
  }),
  klTimesRatio: flag(false, {
    label: "KL times ratio",
    help: "Multiply the KL term by the ratio of new to old token probability.",
    advanced: true,
    when: GRPO,
  }),
  entropyBonus: number(0, 0, 1, {
    label: "Entropy bonus",
    help: "How strongly the loss rewards entropy, which keeps answers varied; 0 = off.",
    advanced: true,
    when: GRPO,
  }),
  advantage: choice("none", ["group", "batch", "none"], {
    label: "Advantage scale",
    help: "Divide advantages by the standard deviation of the group's rewards, of the batch's, or by nothing (as Dr. GRPO does).",
    when: GRPO,
  }),
  lossType: choice("dr_grpo", ["grpo", "bnpo", "dr_grpo", "dapo"], {
    label: "Loss",
    help: "How the losses of tokens are averaged; the names and formulas are those of TRL.",
    when: GRPO,
  }),
  lossLength: numberOrNull(10, 1, 8192, {
    label: "Length scale",
    unit: "tokens",
    help: "dr_grpo divides the summed loss by rollouts × this length; empty = the rollout length.",
    advanced: true,
    when: GRPO,
  }),
  minibatches: whole(1, 1, 16, {
    label: "Updates per step",
    help: "A step's prompts are split into this many parts, and each part gives one update. Uneven parts: 6 prompts in 4 parts are 2, 2, 1 and 1.",
    advanced: true,
    when: GRPO,
  }),
  iterations: whole(1, 1, 16, {
    label: "Passes over the rollouts",
    unit: "passes",
    help: "How many times the rollouts of a step are trained on (num_iterations in TRL).",
    advanced: true,
    when: GRPO,
  }),
  maskTruncated: flag(false, {
    label: "Ignore cut-off answers",
    help: "Rollouts that were cut off before their end token are left out of the loss.",
    advanced: true,
    when: GRPO,
  }),
  warmStartSteps: whole(0, 0, 10000, {
    label: "Warm start",
    unit: "sft steps",
    help: "Supervised steps on random samples before the first rollout.",
    when: GRPO,
  }),
  reward,
});
