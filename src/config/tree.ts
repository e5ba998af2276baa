// The config schema of a run: everything CONFIG.json may contain, with default, limits, label and unit. The command
// line, the settings form, shared links and the docs all read this table.
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
import { BY_ENTROPY, curriculum, strategyGroups } from "./curriculumFields";
import { trainer } from "./trainerFields";

export const TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

const model = group({
  source: text("builtin:tiny", {
    label: "Model",
    help: "The model to fine-tune: builtin:tiny, a folder with Hugging Face files, a .gguf file, or the id of a Hugging Face repository.",
  }),
  revision: textOrNull(null, {
    label: "Revision",
    help: "Commit, tag or branch of the Hugging Face repository; empty = its main branch.",
    advanced: true,
  }),
});

const adapter = group({
  rank: whole(8, 1, 256, {
    label: "LoRA rank",
    help: "Size of the trained addition to each matrix. A higher rank can learn more and takes more memory.",
  }),
  alpha: number(16, 1e-3, 4096, {
    label: "LoRA alpha",
    help: "The trained addition is multiplied by alpha / rank.",
    step: 1,
  }),
  targets: choices(TARGETS, TARGETS, {
    label: "Adapted matrices",
    help: "The matrices of each block that get a trained addition.",
    advanced: true,
  }),
  rslora: flag(false, {
    label: "rsLoRA",
    help: "Multiply the trained addition by alpha / √rank instead of alpha / rank.",
    advanced: true,
  }),
});

const data = group({
  train: text("builtin:needle", {
    label: "Training pool",
    help: "The questions to study: builtin:NAME, or a file of your own (JSONL, JSON, CSV or Parquet).",
  }),
  test: textOrNull("builtin:needle", {
    label: "Test set",
    help: "The questions to test with: builtin:NAME, or a file of your own. Empty: part of the training file is held out and never studied.",
  }),
  testShare: number(0.1, 0.01, 0.5, {
    label: "Held-out share",
    unit: "of the pool",
    help: "How much of the training file is held out when there is no test file.",
    step: 0.01,
    advanced: true,
  }),
  turns: choice("last", ["last", "each"], {
    label: "Trained turns",
    help: "Of a conversation with several answers: only the last one is trained, or each one after what came before it.",
    advanced: true,
  }),
  unusable: choice("refuse", ["refuse", "leave out"], {
    label: "Rows that cannot be used",
    help: "Empty, broken or otherwise unusable rows: refuse the file and name them, or leave them out and count them.",
    advanced: true,
  }),
  duplicates: choice("keep", ["keep", "leave out"], {
    label: "Repeated rows",
    help: "Rows that repeat an earlier one to the letter. They are counted in any case.",
    advanced: true,
  }),
  tooLong: choice("refuse", ["refuse", "leave out", "cut"], {
    label: "Rows that are too long",
    help: "Samples with more tokens than the model takes: refuse the data and count them, leave them out, or cut the end of their answers.",
    advanced: true,
  }),
  fields: group({
    prompt: textOrNull(null, {
      label: "Prompt column",
      help: "The column that holds the question, or a text with columns in braces: {context} {question}; empty = known by how the rows are laid out, or guessed from the column names.",
      advanced: true,
    }),
    answer: textOrNull(null, {
      label: "Answer column",
      help: "The column that holds the reference answer; empty = guessed from the column names.",
      advanced: true,
    }),
    difficulty: textOrNull(null, {
      label: "Difficulty column",
      help: "The column that holds each question's difficulty as a number, used by the strategies easy-to-hard and hard-to-easy; empty = guessed from the column names, and it may be absent.",
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
          label: "Test",
          unit: "",
          help: "When to test: round (after each round), never, or a number of steps. Unless never, the model is also tested before training and at the end.",
        },
      }),
    ),
    "round",
  ),
  maxNewTokens: wholeOrNull(null, 1, 4096, {
    label: "Longest test answer",
    unit: "tokens",
    help: "A test answer is cut off after this many tokens; empty = enough for the longest reference answer, and at least 40. Test answers always take the likeliest token.",
    advanced: true,
  }),
  limit: wholeOrNull(null, 1, 1000000, {
    label: "Test samples",
    unit: "samples",
    help: "Test with at most this many questions; empty = all.",
    advanced: true,
  }),
  probes: whole(4, 0, 64, {
    label: "Answers shown",
    unit: "prompts",
    help: "How many test questions have their answers shown in full, before training and after each round.",
  }),
  forecastProbe: whole(0, 0, 100000, {
    label: "Forecast probe",
    unit: "samples",
    help: "Checks the forecasts on samples that nothing selected: this many training samples, drawn once, are forecast at every test and then measured with new rollouts. 0 = off. Not in the paper.",
    advanced: true,
    when: { path: "trainer.kind", in: ["grpo"] },
  }),
  compareEstimators: choice("never", ["never", "first-round", "each-round"], {
    label: "Compare estimators",
    help: "Also score the pool in three other ways (first 8 tokens, reference answer, full answer) to compare their cost and their ranking.",
    advanced: true,
    when: BY_ENTROPY,
  }),
});

const budget = group({
  steps: wholeOrNull(null, 1, 10000000, {
    label: "Steps",
    unit: "steps",
    help: "Updates of the adapter in the whole run, split evenly over the rounds; 40 when no budget is given.",
  }),
  tokens: wholeOrNull(null, 1, 1e12, {
    label: "Tokens",
    unit: "tokens",
    help: "The run ends after this many tokens, scoring included and testing left out.",
    advanced: true,
  }),
  trainTokens: wholeOrNull(null, 1, 1e12, {
    label: "Training tokens",
    unit: "tokens",
    help: "The run ends after this many tokens of trained rows; scoring, judging and rollouts are not counted.",
    advanced: true,
  }),
  seconds: numberOrNull(null, 1, 1e7, {
    label: "Seconds",
    unit: "s",
    help: "The run ends after this time, pauses and testing left out. Such a run cannot be repeated exactly.",
    advanced: true,
  }),
  stepsPerRound: wholeOrNull(null, 1, 1000000, {
    label: "Steps a round",
    unit: "steps",
    help: "A round has this many steps, and rounds follow until the budget is spent, however many that takes; empty = the budget is split evenly over the rounds.",
    advanced: true,
  }),
});

/** Measured by scripts/quantised.ts; a test compares it with docs/results/quantised.json. */
const QUANTISED =
  "Measured: the built-in model takes 1.17 MiB in int8 and 0.78 MiB in int4 instead of 2.08 MiB; each way 171 of 320 " +
  "test answers are right, 4 and 36 of them worded differently. SmolLM2-135M's Q4_1 file takes 96 MiB in int4 instead " +
  "of 106 MiB, and predicts a text worse by 0.13 nats a token.";

export const configSchema = v.strictObject({
  name: textOrNull(null, {
    label: "Name",
    help: "The name of the run in lists; empty = made from the settings.",
  }),
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
    help: "Starts the random numbers. The same seed on the same device and browser repeats the run exactly.",
  }),
});

/** Every setting has a value. */
export type ResolvedConfig = v.InferOutput<typeof configSchema>;
/** What a user writes: anything may be left out. */
export type ConfigInput = v.InferInput<typeof configSchema>;
export type EstimatorConfig = ResolvedConfig["curriculum"]["estimator"];
export type TrainerConfig = ResolvedConfig["trainer"];
export type CurriculumConfig = ResolvedConfig["curriculum"];
export type RewardConfig = ResolvedConfig["trainer"]["reward"];

export { RELEASED_CODE_ESTIMATOR } from "./curriculumFields";
export { REWARDS } from "./trainerFields";
