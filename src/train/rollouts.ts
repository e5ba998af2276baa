// Draws answers for a few prompts, grades them, and collects what training and forecasts need of each group.
import { advantages } from "../curriculum/advantages";
import { mixKey } from "../curriculum/random";
import { mean, populationVariance } from "../curriculum/stats";
import type { Generated } from "../model/engine";
import type { RunTracker } from "./context";
import { answerText } from "./samples";

/** One prompt's rollouts. */
export interface RolledGroup {
  /** Index into the pool. */
  sample: number;
  /** n answers in the order they were drawn. */
  answers: Generated[];
  texts: string[];
  rewards: number[];
  advantages: number[];
  /** Σ(r − mean)² / n. */
  variance: number;
  meanReward: number;
  /** Prompt once, and every answer. */
  tokens: number;
}

const ROLLOUT_STREAM = 0x0110;

/**
 * n answers for each sample.
 * @param draw tells apart several drawings of one step (a look before the choice, the training)
 */
export async function rollOut(
  tracker: RunTracker,
  samples: readonly number[],
  draw: number,
): Promise<RolledGroup[]> {
  const { run, state } = tracker;
  const { engine, tokenizer, grader } = run;
  const { trainer, seed } = run.config;
  const { eosTokenIds } = engine.config;
  const generated = await engine.generate(
    samples.map((sample) => ({
      key: sample,
      prompt: Uint32Array.from(run.train[sample].promptIds),
      rollouts: trainer.rollouts,
    })),
    {
      maxNewTokens: trainer.maxNewTokens,
      temperature: trainer.temperature,
      topP: trainer.topP,
      topK: 0,
      seed: mixKey(seed, ROLLOUT_STREAM, state.step, draw),
      stopTokens: eosTokenIds,
    },
  );
  const byPrompt = samples.map((): Generated[] => []);
  for (const answer of generated) byPrompt[answer.request][answer.rollout] = answer;
  const texts = byPrompt.map((answers) =>
    answers.map(({ tokens }) => answerText(tokens, tokenizer, eosTokenIds)),
  );
  const rewards = await grader.grade(
    samples.flatMap((sample, i) => {
      const { prompt, answer, extra } = run.train[sample].row;
      return texts[i].map((text) => ({ text, answer, prompt, extra }));
    }),
  );
  const n = trainer.rollouts;
  const scaled = advantages(rewards, n, trainer.advantage);
  return samples.map((sample, i) => {
    const own = rewards.slice(i * n, (i + 1) * n);
    return {
      sample,
      answers: byPrompt[i],
      texts: texts[i],
      rewards: own,
      advantages: scaled.slice(i * n, (i + 1) * n),
      variance: populationVariance(own),
      meanReward: mean(own),
      tokens: byPrompt[i].reduce(
        (sum, { tokens }) => sum + tokens.length,
        run.train[sample].promptIds.length,
      ),
    };
  });
}
