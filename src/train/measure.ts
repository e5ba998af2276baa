// Measures what a strategy asks about candidates: the judgments that the model writes, the hidden states of their
// prompts, or the variance of rollouts. How forecasts follow from that is up to the strategy.
import { mixKey } from "../curriculum/random";
import { mean } from "../curriculum/stats";
import type { Ask, Forecasts, PromptStrategy, PromptView } from "../curriculum/strategy";
import type { Generated } from "../model/engine";
import type { RunTracker } from "./context";
import { factsOf, partsOf } from "./facts";
import { asDocument, cutToRows, groupRows, pack } from "./pack";
import { rollOut } from "./rollouts";
import { answerText } from "./samples";
import { commonPrefix } from "./scoring";

export interface Judgment {
  context: string;
  /** Token ids of the context under the chat template. */
  prompt: number[];
  answer: Generated;
  text: string;
}

export interface Measured {
  forecasts: Forecasts;
  /** One a candidate, where what was measured ranks them without being a forecast. */
  ranking: Forecasts | null;
  /** One a candidate, where the policy was asked in words. */
  judgments: Judgment[] | null;
  /** Leading tokens that all contexts share: computed once. */
  sharedPrefix: number;
  /** One a candidate, where features were asked for. */
  features: Float32Array[] | null;
  tokens: number;
}

/** Keys the random numbers of one measurement, so that measurements do not influence each other. */
export interface Draws {
  judgments: number;
  rollouts: number;
}

/** What a strategy may look at when it asks about candidates. */
export function viewOf(
  tracker: RunTracker,
  strategy: PromptStrategy,
  candidates: readonly number[],
): PromptView<unknown> {
  const { run, state } = tracker;
  return {
    config: run.config,
    candidates,
    promptOf: (sample) => run.train[sample].row.prompt,
    record: state.record,
    state: state.curriculum.own,
    pool: factsOf(tracker),
    parts: partsOf(tracker, strategy),
  };
}

/** Measures what the strategy asks for, and lets it turn the answer into forecasts. */
export async function measure(
  tracker: RunTracker,
  strategy: PromptStrategy,
  candidates: readonly number[],
  draws: Draws,
): Promise<Measured> {
  const ask = strategy.ask(viewOf(tracker, strategy, candidates));
  const none = { ranking: null, judgments: null, sharedPrefix: 0, features: null, tokens: 0 };
  switch (ask.wants) {
    case "nothing":
      return { ...none, forecasts: ask.read() };
    case "judgments":
      return { ...none, ...(await judge(tracker, candidates, ask, draws.judgments)) };
    case "features": {
      const { features, tokens } = await promptFeatures(tracker, candidates);
      return { ...none, forecasts: ask.read(features), features, tokens };
    }
    case "prompt-entropy": {
      const { nats, tokens } = await promptEntropy(tracker, candidates);
      return { ...none, forecasts: candidates.map(() => null), ranking: ask.rank(nats), tokens };
    }
    case "rollouts": {
      const groups = await rollOut(tracker, candidates, draws.rollouts);
      const forecasts = ask.read(groups.map(({ variance }) => variance));
      return { ...none, forecasts, tokens: groups.reduce((sum, { tokens }) => sum + tokens, 0) };
    }
    default:
      return ask satisfies never;
  }
}

/** The policy writes a judgment of every candidate; the common beginning of all contexts is computed once. */
async function judge(
  tracker: RunTracker,
  candidates: readonly number[],
  { contexts, maxTokens, temperature, read }: Extract<Ask, { wants: "judgments" }>,
  stream: number,
) {
  const { run, state } = tracker;
  const { engine, tokenizer } = run;
  const { eosTokenIds } = engine.config;
  const prompts = contexts.map((context) => tokenizer.chatIds(context));
  const sharedPrefix = commonPrefix(prompts);
  const generated = await engine.generate(
    prompts.map((prompt, i) => ({ key: candidates[i], prompt: Uint32Array.from(prompt) })),
    {
      maxNewTokens: maxTokens,
      temperature,
      topP: 1,
      topK: 0,
      seed: mixKey(run.config.seed, stream, state.step),
      stopTokens: eosTokenIds,
      sharedPrefix,
    },
  );
  const judgments = [...generated]
    .sort((a, b) => a.request - b.request)
    .map((answer, i): Judgment => {
      const text = answerText(answer.tokens, tokenizer, eosTokenIds);
      return { context: contexts[i], prompt: prompts[i], answer, text };
    });
  const tokens = judgments.reduce(
    (sum, { prompt, answer }) => sum + prompt.length - sharedPrefix + answer.tokens.length,
    sharedPrefix,
  );
  return { forecasts: read(judgments.map(({ text }) => text)), judgments, sharedPrefix, tokens };
}

/** The hidden state of the last token of every candidate's prompt, scaled to unit mean square. */
async function promptFeatures(tracker: RunTracker, candidates: readonly number[]) {
  const { engine, train } = tracker.run;
  const groups = candidates.map((sample) => asDocument(train[sample].promptIds, []));
  const features: Float32Array[] = [];
  let tokens = 0;
  for (const part of cutToRows(groups, groupRows, engine.maxRows)) {
    const { batch } = pack(part);
    const last = part.map(() => 0);
    part.reduce((sum, group, i) => (last[i] = sum + groupRows(group)), 0);
    const flat = await engine.features(
      batch,
      Uint32Array.from(last, (end) => end - 1),
    );
    const width = flat.length / part.length;
    part.forEach((_, i) => features.push(unit(flat.subarray(i * width, (i + 1) * width))));
    tokens += batch.tokens.length;
  }
  return { features, tokens };
}

/** Mean entropy of the policy at every token of a prompt but the first, nats; 0 for a prompt of one token. */
async function promptEntropy(tracker: RunTracker, candidates: readonly number[]) {
  const { engine, train } = tracker.run;
  const groups = candidates.map((sample) => {
    const ids = train[sample].promptIds;
    return asDocument(ids.slice(0, 1), ids.slice(1));
  });
  const nats: number[] = [];
  let tokens = 0;
  for (const part of cutToRows(groups, groupRows, engine.maxRows)) {
    const { batch, head, spans } = pack(part);
    const { entropy } = await engine.tokenStats(batch, head);
    for (const [from, to] of spans) nats.push(to > from ? mean(Array.from(entropy.subarray(from, to))) : 0);
    tokens += batch.tokens.length;
  }
  return { nats, tokens };
}

function unit(values: Float32Array): Float32Array {
  const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
  return values.map((x) => x * factor);
}
