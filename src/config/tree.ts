// The one schema of a run: what CONFIG.json may say, with every default, limit, label and unit.
// The command line, the settings form, the shared link and the docs all read this table.
import * as v from "valibot";
import {
  choice,
  choices,
  flag,
  group,
  number,
  numberOrNull,
  text,
  textOrNull,
  whole,
  wholeOrNull,
} from "./fields";
import { measuring } from "../curriculum/registry";
import { curriculum, strategyGroups } from "./curriculumFields";
import { trainer } from "./trainerFields";

export const TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;
const BY_ENTROPY = { path: "curriculum.strategy", in: measuring("entropy") };

const model = group({
  source: text("builtin:tiny", {
    label: "Model",
    help: "builtin:tiny, a folder with Hugging Face files, a .gguf file, or a hub id.",
  }),
  revision: textOrNull(null, {
    label: "Revision",
    help: "Commit, tag or branch of a hub id.",
    advanced: true,
  }),
});

const adapter = group({
  rank: whole(8, 1, 256, { label: "LoRA rank", help: "Columns of the low-rank update of each matrix." }),
  alpha: number(16, 1e-3, 4096, {
    label: "LoRA alpha",
    help: "The update is scaled by alpha / rank.",
    step: 1,
  }),
  targets: choices(TARGETS, TARGETS, {
    label: "Adapted matrices",
    help: "Which linears carry an update.",
    advanced: true,
  }),
  rslora: flag(false, {
    label: "rsLoRA",
    help: "Scale by alpha / √rank instead of alpha / rank.",
    advanced: true,
  }),
});

const data = group({
  train: text("builtin:needle", {
    label: "Training pool",
    help: "builtin:NAME, or a file of questions in a format that the lab reads.",
  }),
  test: textOrNull("builtin:needle", {
    label: "Test set",
    help: "builtin:NAME, a file, or null: then a share of the training file is held out.",
  }),
  testShare: number(0.1, 0.01, 0.5, {
    label: "Held-out share",
    unit: "of the pool",
    help: "Held out for testing when there is no test file.",
    step: 0.01,
    advanced: true,
  }),
  fields: group({
    prompt: textOrNull(null, {
      label: "Prompt column",
      help: "Column with the question; null = guessed from the columns.",
      advanced: true,
    }),
    answer: textOrNull(null, {
      label: "Answer column",
      help: "Column with the reference answer; null = guessed.",
      advanced: true,
    }),
    difficulty: textOrNull(null, {
      label: "Difficulty column",
      help: "Column with a number, used by orders of difficulty; null = guessed, may be absent.",
      advanced: true,
    }),
  }),
});

const evaluation = group({
  every: v.optional(
    v.pipe(
      v.custom<"round" | "never" | number>(
        (x) => x === "round" || x === "never" || (typeof x === "number" && Number.isInteger(x) && x >= 1),
        (issue) =>
          `expected "round", "never" or a whole number ≥ 1 of steps, got ${JSON.stringify(issue.input)}`,
      ),
      v.metadata({
        field: {
          kind: "text",
          label: "Evaluate",
          unit: "",
          help: "After each round, never, or every so many steps. Before training and at the end too, unless never.",
        },
      }),
    ),
    "round",
  ),
  maxNewTokens: whole(40, 1, 4096, {
    label: "Answer length",
    unit: "tokens",
    help: "Longest test answer (greedy).",
    advanced: true,
  }),
  limit: wholeOrNull(null, 1, 1000000, {
    label: "Test samples",
    unit: "samples",
    help: "At most this many; null = all.",
    advanced: true,
  }),
  probes: whole(4, 0, 64, {
    label: "Probed prompts",
    unit: "prompts",
    help: "Test prompts whose answers are shown before and after each round.",
  }),
  forecastProbe: whole(0, 0, 100000, {
    label: "Forecast probe",
    unit: "samples",
    help: "Fixed random training samples whose reward variance is forecast and then measured by fresh rollouts at each evaluation after a step: how good forecasts are off selection. 0 = off. Ours.",
    advanced: true,
    when: { path: "trainer.kind", in: ["grpo"] },
  }),
  compareEstimators: choice("never", ["never", "first-round", "each-round"], {
    label: "Compare estimators",
    help: "Also score the pool with the prefix of 8, teacher-forced and full estimators, and count what each costs.",
    advanced: true,
    when: BY_ENTROPY,
  }),
});

const budget = group({
  steps: wholeOrNull(null, 1, 10000000, {
    label: "Steps",
    unit: "steps",
    help: "Optimiser steps of the run, split evenly over the rounds. 40 where nothing is said.",
  }),
  tokens: wholeOrNull(null, 1, 1e12, {
    label: "Tokens",
    unit: "tokens",
    help: "Ends the run: all tokens but evaluation's, scoring included.",
    advanced: true,
  }),
  seconds: numberOrNull(null, 1, 1e7, {
    label: "Seconds",
    unit: "s",
    help: "Ends the run: time without pauses and evaluation. Not repeatable to the bit.",
    advanced: true,
  }),
});

/** Measured by scripts/quantised.ts; a test holds it to docs/results/quantised.json. */
const QUANTISED =
  "Measured: the built-in model takes 1.17 MiB in int8 and 0.78 MiB in int4 instead of 2.08 MiB; each way 171 of 320 " +
  "test answers are right, 4 and 36 of them worded differently. SmolLM2-135M's Q4_1 file takes 96 MiB in int4 instead " +
  "of 106 MiB, and predicts a text worse by 0.13 nats a token.";

export const configSchema = v.strictObject({
  name: textOrNull(null, { label: "Name", help: "Shown in lists; null = made from the settings." }),
  model,
  weights: choice("as-stored", ["as-stored", "int8", "int4"], {
    label: "Weights",
    help: `How the frozen weights are kept on the GPU; int8 and int4 are made while loading. ${QUANTISED}`,
    advanced: true,
  }),
  adapter,
  data,
  trainer,
  curriculum,
  ...strategyGroups,
  budget,
  evaluation,
  seed: whole(1, 0, 4294967295, {
    label: "Seed",
    help: "Same seed, same device and browser: same run to the bit.",
  }),
});

/** Every setting has a value. */
export type ResolvedConfig = v.InferOutput<typeof configSchema>;
/** What a person writes: anything may be left out. */
export type ConfigInput = v.InferInput<typeof configSchema>;
export type EstimatorConfig = ResolvedConfig["curriculum"]["estimator"];
export type TrainerConfig = ResolvedConfig["trainer"];
export type CurriculumConfig = ResolvedConfig["curriculum"];
export type RewardConfig = ResolvedConfig["trainer"]["reward"];

export { RELEASED_CODE_ESTIMATOR } from "./curriculumFields";
export { REWARDS } from "./trainerFields";
