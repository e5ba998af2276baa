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
    help: "How an answer is graded, from 0 to 1. final-answer compares what follows the last marker.",
  }),
  marker: text("so ", {
    label: "Answer marker",
    help: "The graded part follows its last occurrence.",
    advanced: true,
  }),
  tolerance: number(1e-6, 0, 1e9, {
    label: "Tolerance",
    help: "numeric: largest accepted absolute difference.",
    when: { path: "trainer.reward.kind", in: ["numeric"] },
  }),
  pattern: text(
    "",
    {
      label: "Pattern",
      help: "regex: expression the answer must match; {answer} stands for the reference, escaped.",
      when: { path: "trainer.reward.kind", in: ["regex"] },
    },
    true,
  ),
  code: text(
    "",
    {
      label: "Reward function",
      help: "function: JavaScript body with (text, answer, prompt), returning a number from 0 to 1. Runs apart, with a time limit.",
      when: { path: "trainer.reward.kind", in: ["function"] },
    },
    true,
  ),
  timeoutMs: whole(1000, 10, 60000, {
    label: "Time limit",
    unit: "ms for 16 answers",
    help: "A reward function or pattern that takes longer stops the run with a sentence.",
    advanced: true,
    when: { path: "trainer.reward.kind", in: ["function", "regex"] },
  }),
});

export const trainer = group({
  kind: choice("sft", ["sft", "grpo"], {
    label: "Trainer",
    help: "sft learns the reference answers; grpo learns from graded answers of its own.",
  }),
  samplesPerBatch: whole(8, 1, 512, {
    label: "Samples a step",
    unit: "samples",
    help: "Prompts a step with grpo.",
  }),
  learningRate: number(2e-3, 1e-8, 1, { label: "Learning rate", help: "AdamW's step size.", step: 1e-4 }),
  schedule: choice("constant", ["constant", "linear", "cosine"], {
    label: "Schedule",
    help: "Learning rate over the round (over the run when the optimiser is not restarted).",
    advanced: true,
  }),
  warmupSteps: whole(0, 0, 100000, {
    label: "Warm-up",
    unit: "steps",
    help: "Linear rise from 0.",
    advanced: true,
  }),
  weightDecay: number(0, 0, 1, {
    label: "Weight decay",
    help: "Decoupled, as in AdamW.",
    step: 0.01,
    advanced: true,
  }),
  clipNorm: number(1, 0, 1000, {
    label: "Clip norm",
    help: "Global gradient norm; 0 = off.",
    step: 0.1,
    advanced: true,
  }),
  beta1: number(0.9, 0, 0.9999, {
    label: "Beta 1",
    help: "AdamW's first moment.",
    step: 0.01,
    advanced: true,
  }),
  beta2: number(0.95, 0, 0.99999, {
    label: "Beta 2",
    help: "AdamW's second moment.",
    step: 0.01,
    advanced: true,
  }),
  epsilon: number(1e-8, 1e-12, 1e-2, { label: "Epsilon", help: "AdamW, outside the root.", advanced: true }),
  rollouts: whole(8, 2, 64, {
    label: "Rollouts",
    unit: "a prompt",
    help: "Answers drawn for each prompt.",
    when: GRPO,
  }),
  temperature: number(1, 0.05, 4, {
    label: "Rollout temperature",
    help: "Of the drawn answers.",
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
    help: "Longest drawn answer.",
    when: GRPO,
  }),
  clip: range([0.2, 0.2], 0, 10, {
    label: "Ratio clip",
    help: "[low, high]: the ratio stays in [1 − low, 1 + high].",
    advanced: true,
    when: GRPO,
  }),
  kl: number(0, 0, 10, {
    label: "KL weight",
    help: "k3 estimate to the reference; 0 = off.",
    step: 0.01,
    when: GRPO,
  }),
  klReference: choice("start", ["start", "base"], {
    label: "KL reference",
    help: "start: the adapter that the first rollout came from, after a warm start (as TRL); base: the model without adapter.",
    advanced: true,
    when: GRPO,
  }),
  klTimesRatio: flag(false, {
    label: "KL times ratio",
    help: "Multiply the KL term by the ratio.",
    advanced: true,
    when: GRPO,
  }),
  entropyBonus: number(0, 0, 1, {
    label: "Entropy bonus",
    help: "Weight of the mean entropy of the tokens in the loss.",
    advanced: true,
    when: GRPO,
  }),
  advantage: choice("none", ["group", "batch", "none"], {
    label: "Advantage scale",
    help: "Divide by the group's deviation, the batch's, or not at all (Dr. GRPO).",
    when: GRPO,
  }),
  lossType: choice("dr_grpo", ["grpo", "bnpo", "dr_grpo", "dapo"], {
    label: "Loss",
    help: "How token losses are averaged, as TRL computes them.",
    when: GRPO,
  }),
  lossLength: numberOrNull(10, 1, 8192, {
    label: "Length scale",
    unit: "tokens",
    help: "dr_grpo divides by rollouts × this; null = the rollout length.",
    advanced: true,
    when: GRPO,
  }),
  minibatches: whole(1, 1, 16, {
    label: "Updates a batch",
    help: "A step's prompts, with all their rollouts, are trained in this many parts, one update each; the first parts take what is left over (6 in 4: 2, 2, 1, 1).",
    advanced: true,
    when: GRPO,
  }),
  iterations: whole(1, 1, 16, {
    label: "Passes over a batch",
    unit: "passes",
    help: "How often a step's rollouts are trained (TRL's num_iterations).",
    advanced: true,
    when: GRPO,
  }),
  maskTruncated: flag(false, {
    label: "Mask cut answers",
    help: "Answers without an end token take no part in the loss.",
    advanced: true,
    when: GRPO,
  }),
  warmStartSteps: whole(0, 0, 10000, {
    label: "Warm start",
    unit: "sft steps",
    help: "Plain sft steps on random samples before the first rollout.",
    when: GRPO,
  }),
  reward,
});
