// Test accuracy with an interval, from greedy answers that are graded; and the few answers that the page shows in
// full.
import { meanInterval, mean, wilson } from "../curriculum/stats";
import type { TextTokenizer } from "../data/tokenizer";
import type { ProbeAnswer } from "../lib/events";
import type { Engine, Generated } from "../model/engine";
import type { Grader } from "./grader";
import { chunks } from "./pack";
import { answerText, type PoolSample } from "./samples";

export interface Evaluation {
  metric: "accuracy" | "reward";
  /** One character a test sample: 1 right, 0 wrong (a reward of at least one half counts as right). */
  items: string;
  value: number;
  n: number;
  interval: [number, number];
  /** Prompt and answer tokens computed. */
  tokens: number;
  answers: { sample: PoolSample; generated: Generated; text: string; reward: number }[];
}

/** Tokens that a test answer may have where neither config nor data ask for more. */
export const ANSWER_TOKENS = 40;

export interface EvaluateContext {
  engine: Engine;
  tokenizer: TextTokenizer;
  grader: Grader;
  maxNewTokens: number;
  /** Called between chunks; throws to stop. */
  between: (done: number, total: number, tokens: number) => Promise<void>;
}

/** Test samples answered between two gates. */
const CHUNK = 128;

export async function evaluate(
  test: readonly PoolSample[],
  { engine, tokenizer, grader, maxNewTokens, between }: EvaluateContext,
): Promise<Evaluation> {
  const answers: Evaluation["answers"] = [];
  const { eosTokenIds } = engine.config;
  let tokens = 0;
  await between(0, test.length, 0);
  for (const chunk of chunks(test, CHUNK)) {
    const generated = await engine.generate(
      chunk.map((sample) => ({ key: sample.index, prompt: Uint32Array.from(sample.promptIds) })),
      { maxNewTokens, temperature: 0, topP: 1, topK: 0, seed: 0, stopTokens: eosTokenIds },
    );
    const inOrder = [...generated].sort((a, b) => a.request - b.request);
    const texts = inOrder.map((answer) => answerText(answer.tokens, tokenizer, eosTokenIds));
    const rewards = await grader.grade(
      texts.map((text, i) => ({
        text,
        answer: chunk[i].row.answer,
        prompt: chunk[i].row.prompt,
        extra: chunk[i].row.extra,
      })),
    );
    inOrder.forEach((answer, i) => {
      answers.push({ sample: chunk[i], generated: answer, text: texts[i], reward: rewards[i] });
      tokens += chunk[i].promptIds.length + answer.tokens.length;
    });
    await between(answers.length, test.length, tokens);
  }
  return { ...accuracy(answers.map((answer) => answer.reward)), tokens, answers };
}

/** Share right with Wilson's interval where all rewards are 0 or 1; else the mean reward with its own. */
export function accuracy(rewards: readonly number[]) {
  const n = rewards.length;
  const items = rewards.map((reward) => (reward >= 0.5 ? "1" : "0")).join("");
  const binary = rewards.every((reward) => reward === 0 || reward === 1);
  const value = n > 0 ? mean(rewards) : 0;
  const interval = binary
    ? wilson(rewards.filter((reward) => reward === 1).length, n)
    : meanInterval(rewards);
  return { metric: binary ? ("accuracy" as const) : ("reward" as const), items, value, n, interval };
}

/** Which test samples are probed: spread over the file, so that each of its parts is seen. */
export function probedSamples(test: readonly PoolSample[], count: number): PoolSample[] {
  const wanted = Math.min(count, test.length);
  return Array.from({ length: wanted }, (_, i) => test[Math.floor(((i + 0.5) * test.length) / wanted)]);
}

/** Probed answers out of an evaluation: the same greedy answers, token by token. */
export function probeAnswers(
  probed: readonly PoolSample[],
  evaluation: Evaluation,
  tokenizer: TextTokenizer,
): ProbeAnswer[] {
  return probed.flatMap((sample) => {
    const found = evaluation.answers.find((answer) => answer.sample.index === sample.index);
    if (!found) return [];
    return [
      {
        promptId: sample.row.sampleId,
        prompt: sample.row.prompt,
        expected: sample.row.answer,
        text: found.text,
        tokens: Array.from(found.generated.tokens, (id) => tokenizer.idToText(id)),
        entropy: Array.from(found.generated.entropy),
        correct: found.reward >= 0.5,
      },
    ];
  });
}
