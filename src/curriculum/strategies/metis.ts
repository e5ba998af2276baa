// METIS: before each step the policy forecasts in words how much every candidate's rewards will vary. The highest
// forecasts are trained, and the forecasts are rewarded for being right in the same update.
import type { ResolvedConfig } from "../../config/schema";
import { CANDIDATES } from "../candidates";
import { judgmentContext, judgmentReward, parseJudgment } from "../judgment";
import { movingAverage } from "../record";
import { choice, number, numberOrNull, whole, type InGroup } from "../setting";
import { mean } from "../stats";
import type { Ask, Forecasts, LearntStep, PromptStrategy, PromptView } from "../strategy";

/** Settings of asking in words, and of the loss on the judgments. */
export const settings = {
  poolMultiplier: CANDIDATES.poolMultiplier,
  memory: whole(3, 0, 32, {
    label: "Memory",
    unit: "examples",
    help: "How many recent prompts, with the variance their rewards had, the model is shown before it forecasts (K; 3 in the paper).",
  }),
  memoryOrder: choice("uniform", ["uniform", "spread", "best-last"], {
    label: "Remembered prompts",
    help: "Which of the last step's prompts it is shown: uniform = drawn at random; spread = evenly spread over their variances; best-last = those with the lowest forecasts (as in older versions of the lab). The paper does not say; this is the lab's choice.",
    advanced: true,
  }),
  lambda: number(0.01, 0, 10, {
    label: "Judgment weight",
    help: "Weight of the judgment loss beside the loss of the answers (λ; 0.01 in the paper).",
    step: 0.01,
  }),
  judgeLength: numberOrNull(10, 1, 8192, {
    label: "Judgment length scale",
    unit: "tokens",
    help: "The judgment loss is divided by this, as dr_grpo's is by its length scale; empty = 1. The paper does not say; this is the lab's choice.",
    advanced: true,
  }),
  judgeMaxTokens: whole(14, 1, 512, {
    label: "Judgment length",
    unit: "tokens",
    help: "A judgment is cut off after this many tokens. The paper does not say; this is the lab's choice.",
    advanced: true,
  }),
  judgeTemperature: number(1, 0, 4, {
    label: "Judgment temperature",
    help: "Randomness of the written judgments. The paper does not say; this is the lab's choice.",
    step: 0.1,
    advanced: true,
  }),
  baselineDecay: number(0.9, 0, 0.9999, {
    label: "Baseline decay",
    help: "How slowly the moving average of judgment rewards changes, against which each one is compared. The paper does not say; this is the lab's choice.",
    step: 0.01,
    advanced: true,
  }),
  fallback: choice("running-mean", ["running-mean", "zero", "highest"], {
    label: "Unparsed forecast",
    help: "The forecast used when the judgment contains no number. The paper does not say; this is the lab's choice.",
    advanced: true,
  }),
  unparsedReward: number(0, -1, 1, {
    label: "Reward of an unparsed judgment",
    help: "The reward of a judgment that contains no number. The paper does not say; this is the lab's choice.",
    step: 0.1,
    advanced: true,
  }),
  exploration: CANDIDATES.exploration,
};

declare module "../strategy" {
  interface StrategyNames {
    metis: true;
  }
  interface StrategySettings extends InGroup<"metis", typeof settings> {}
}

export interface JudgeState {
  /** Baseline b of the judgment reward; null before the first. */
  baseline: number | null;
}

/** Every candidate in a context of its own, with the newest (prompt, variance) pairs before it. */
export function askInWords({ config, record, candidates, promptOf }: PromptView<JudgeState>): Ask {
  const { judgeMaxTokens, judgeTemperature } = config.metis;
  return {
    wants: "judgments",
    contexts: candidates.map((sample) => judgmentContext(record.memory, promptOf(sample))),
    maxTokens: judgeMaxTokens,
    temperature: judgeTemperature,
    read: (texts) => texts.map(parseJudgment),
  };
}

export function rewardForecasts(
  { baseline }: JudgeState,
  forecasts: Forecasts,
  variances: readonly number[],
  { metis }: ResolvedConfig,
) {
  const rewards = forecasts.map((forecast, i) =>
    forecast === null ? metis.unparsedReward : judgmentReward(forecast, variances[i]),
  );
  return { rewards, baseline: baseline ?? mean(rewards) };
}

/** λ (R − b) / |S|: a mean over the mini-batch, as the policy's loss is. */
export function judgmentWeights(
  rewards: readonly number[],
  baseline: number,
  { metis }: ResolvedConfig,
): number[] | null {
  if (metis.lambda === 0) return null;
  return rewards.map(
    (reward) => (metis.lambda * (reward - baseline)) / (rewards.length * (metis.judgeLength ?? 1)),
  );
}

/** The baseline after a step's rewards. */
export function learnBaseline(baseline: number | null, { rewards, config }: LearntStep): number | null {
  return rewards.length > 0 ? movingAverage(baseline, mean(rewards), config.metis.baselineDecay) : baseline;
}

export const strategy: PromptStrategy<JudgeState> = {
  name: "metis",
  menu: 110,
  words: {
    label: "METIS",
    help: "Before each step the model forecasts how much each prompt's rewards will vary, and studies the prompts with the highest forecasts.",
    source: "METIS: in-context forecasts of reward variance, K = 3, λ = 0.01",
  },
  trainers: ["grpo"],
  group: "metis",
  settings,
  recordName({ metis: { memory, lambda } }) {
    return `metis K=${memory} lambda=${Number.isInteger(lambda) ? lambda.toFixed(1) : lambda}`;
  },
  begin: () => ({ baseline: null }),
  learn: ({ baseline }, step) => ({ baseline: learnBaseline(baseline, step) }),
  chooses: "prompts",
  coldStart: true,
  ask: askInWords,
  probedBy: "words",
  asksForOthers: true,
  reward: rewardForecasts,
  judgmentWeights,
};
