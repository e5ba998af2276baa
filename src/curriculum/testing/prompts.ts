// Test helper: what a prompt strategy is asked and told, with plain values for what a test does not look at.
import type { ResolvedConfig } from "../../config/schema";
import { Random, indices } from "../random";
import { newRecord } from "../record";
import { mean, populationVariance } from "../stats";
import type { DrawAsk, KeepAsk, LearntGroup, Parts, PromptView, SampleFacts } from "../strategy";

/** A pool with these difficulties. */
export const poolOf = (difficulties: readonly (number | null)[]): SampleFacts[] =>
  difficulties.map((difficulty, i) => ({ prompt: `q${i}`, promptTokens: 3, answerTokens: 1, difficulty }));

export const onePart = (size: number): Parts => ({ names: ["all"], of: indices(size).map(() => 0) });

/** The group of a prompt with these rewards; advantages are rewards less their mean. */
export function groupOf(sample: number, rewards: readonly number[], part = 0): LearntGroup {
  const meanReward = mean(rewards);
  const advantages = rewards.map((reward) => reward - meanReward);
  const told = { prompt: `q${sample}`, part, trained: true, features: null };
  return { ...told, sample, rewards, advantages, meanReward, variance: populationVariance(rewards) };
}

export function drawAsk<State>(
  config: ResolvedConfig,
  pool: readonly SampleFacts[],
  state: State,
  more: Partial<DrawAsk<State>> = {},
): DrawAsk<State> {
  const count = config.trainer.samplesPerBatch;
  const parts = onePart(pool.length);
  const random = new Random(1, "prompts");
  return { config, step: 0, progress: 0, count, pool, parts, record: newRecord(), random, state, ...more };
}

export function keepAsk<State>(
  config: ResolvedConfig,
  groups: readonly LearntGroup[],
  state: State,
  more: Partial<KeepAsk<State>> = {},
): KeepAsk<State> {
  const count = config.trainer.samplesPerBatch;
  const random = new Random(2, "prompts");
  return { config, step: 0, count, groups, times: 1, poolSize: 20, random, state, ...more };
}

export function viewOf<State>(
  config: ResolvedConfig,
  pool: readonly SampleFacts[],
  candidates: readonly number[],
  state: State,
  parts: Parts = onePart(pool.length),
): PromptView<State> {
  const promptOf = (sample: number) => pool[sample].prompt;
  return { config, candidates, promptOf, record: newRecord(), state, pool, parts };
}
