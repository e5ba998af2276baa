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
    help: "K most recent (prompt, variance) pairs in the context; the paper's K is 3.",
  }),
  memoryOrder: choice("uniform", ["uniform", "spread", "best-last"], {
    label: "Remembered prompts",
    help: "Which of the last step's prompts are remembered. uniform: drawn at random; spread: evenly over their variances; best-last: the lowest forecasts of the batch (as this lab did before). The paper does not say; ours.",
    advanced: true,
  }),
  lambda: number(0.01, 0, 10, {
    label: "Judgment weight",
    help: "λ of the judgment loss; the paper's is 0.01.",
    step: 0.01,
  }),
  judgeLength: numberOrNull(10, 1, 8192, {
    label: "Judgment length scale",
    unit: "tokens",
    help: "The judgment loss is divided by this, as dr_grpo's is by its length scale; null = 1. The paper does not say; ours.",
    advanced: true,
  }),
  judgeMaxTokens: whole(14, 1, 512, {
    label: "Judgment length",
    unit: "tokens",
    help: "The paper does not say; ours.",
    advanced: true,
  }),
  judgeTemperature: number(1, 0, 4, {
    label: "Judgment temperature",
    help: "The paper does not say; ours.",
    step: 0.1,
    advanced: true,
  }),
  baselineDecay: number(0.9, 0, 0.9999, {
    label: "Baseline decay",
    help: "Moving average of the judgment reward. The paper does not say; ours.",
    step: 0.01,
    advanced: true,
  }),
  fallback: choice("running-mean", ["running-mean", "zero", "highest"], {
    label: "Unparsed forecast",
    help: "What stands in for a judgment without a number. The paper does not say; ours.",
    advanced: true,
  }),
  unparsedReward: number(0, -1, 1, {
    label: "Reward of an unparsed judgment",
    help: "The paper does not say; ours.",
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
    help: "The model forecasts how much each prompt's rewards will vary and studies those where it expects most.",
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
