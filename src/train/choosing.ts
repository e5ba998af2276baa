// Which prompts a reinforcement step trains: METIS's own forecasts, or one of the controls it is measured against.
import { chooseByForecast, controlForecasts, judgmentContext, parseJudgment } from "../curriculum/metis";
import { Random, indices, mixKey } from "../curriculum/random";
import { isPoolStrategy } from "../curriculum/strategies/pool";
import type { Generated } from "../model/engine";
import { takeBatch } from "./batches";
import type { RunBook } from "./context";
import { headForecasts } from "./metisHead";
import { rollOut } from "./rollouts";
import { answerText } from "./samples";
import { commonPrefix } from "./scoring";

export interface Judgment {
  context: string;
  /** Token ids of the context under the chat template. */
  prompt: number[];
  answer: Generated;
  text: string;
  /** null = no number could be read. */
  forecast: number | null;
}

export interface ChosenPrompts {
  /** Pool indices to train on. */
  samples: number[];
  /** null where the whole pool is picked from by rounds, or at a cold start. */
  judged: {
    candidates: number[];
    /** One a candidate; null = none or unreadable. */
    forecasts: (number | null)[];
    /** What candidates were ranked by, where it was not their own forecast. */
    ranking: (number | null)[] | null;
    /** What stood in for an unreadable forecast. */
    standIn: number;
    exploration: number[];
    /** Picks that lot took among candidates of the same value at the cut. */
    byLot: number;
    /** One a candidate, for METIS in words. */
    judgments: Judgment[] | null;
    /** Leading tokens that all contexts share: computed once. */
    sharedPrefix: number;
    /** One a candidate, for METIS-head. */
    features: Float32Array[] | null;
    tokens: number;
    elapsedMs: number;
  } | null;
}

/** Random numbers of the judgments that choose. */
const JUDGE_STREAM = 0x0d6e;
/** Drawing of the oracle's look, apart from the rollouts that are trained. */
const ORACLE_DRAW = 1;

export async function choosePrompts(book: RunBook): Promise<ChosenPrompts> {
  const { run, state } = book;
  const { trainer, curriculum, metis } = run.config;
  const { strategy } = curriculum;
  if (isPoolStrategy(strategy)) return { samples: takeBatch(book), judged: null };
  const random = Random.restore(state.prompts);
  const size = trainer.samplesPerBatch;
  const candidates = random.sample(indices(run.train.length), size * metis.poolMultiplier);
  const inWords = strategy === "metis" || strategy === "shuffled";
  // One uniform batch before there is anything to remember.
  if (inWords && state.step === 0) {
    state.prompts = random.state;
    return { samples: candidates.slice(0, size), judged: null };
  }
  const { result, elapsedMs } = await book.timed("judge", () => forecast(book, candidates));
  let ranking = result.ranking;
  if (strategy === "shuffled") ranking = random.shuffle(ranking);
  const fallback = { "running-mean": state.metis.meanVariance, zero: 0, highest: 0.25 }[metis.fallback];
  const { selected, exploration, byLot } = chooseByForecast(
    ranking,
    fallback,
    size,
    metis.exploration,
    random,
  );
  state.prompts = random.state;
  book.spend("judge", result.tokens);
  return {
    samples: selected.map((at) => candidates[at]),
    judged: {
      candidates,
      forecasts: result.forecasts,
      ranking: ranking === result.forecasts ? null : ranking,
      standIn: fallback,
      exploration: exploration.map((at) => candidates[at]),
      byLot,
      judgments: result.judgments,
      sharedPrefix: result.sharedPrefix,
      features: result.features,
      tokens: result.tokens,
      elapsedMs,
    },
  };
}

export interface Forecasts {
  /** Forecasts of variance, as logged. */
  forecasts: (number | null)[];
  /** What candidates are ranked by: the forecasts, or a control's own score. */
  ranking: (number | null)[];
  judgments: Judgment[] | null;
  sharedPrefix: number;
  features: Float32Array[] | null;
  tokens: number;
}

async function forecast(book: RunBook, candidates: readonly number[]): Promise<Forecasts> {
  const { run, state } = book;
  const { strategy } = run.config.curriculum;
  const none = { judgments: null, sharedPrefix: 0, features: null, tokens: 0 };
  switch (strategy) {
    case "metis":
    case "shuffled":
      return judge(book, candidates, JUDGE_STREAM);
    case "metis-head": {
      const { forecasts, features, tokens } = await headForecasts(book, candidates);
      return { ...none, forecasts, ranking: forecasts, features, tokens };
    }
    case "oracle": {
      const groups = await rollOut(book, candidates, ORACLE_DRAW);
      const forecasts = groups.map(({ variance }) => variance);
      return {
        ...none,
        forecasts,
        ranking: forecasts,
        tokens: groups.reduce((sum, { tokens }) => sum + tokens, 0),
      };
    }
    case "last-variance":
    case "running-mean": {
      const forecasts = controlForecasts(strategy, candidates, state.metis, run.config.metis.target);
      return { ...none, forecasts, ranking: forecasts };
    }
    case "pcl":
    case "uniform": {
      // These rank prompts, but say nothing of variance.
      const ranking = controlForecasts(strategy, candidates, state.metis, run.config.metis.target);
      return { ...none, forecasts: candidates.map(() => null), ranking };
    }
    default:
      throw new Error(`${strategy} picks from the whole pool`);
  }
}

/**
 * METIS: the policy writes a forecast for every candidate, all behind one shared beginning.
 * @param stream names the random numbers, so that a measurement does not disturb the choice
 */
export async function judge(
  book: RunBook,
  candidates: readonly number[],
  stream: number,
): Promise<Forecasts> {
  const { run, state } = book;
  const { engine, tokenizer } = run;
  const { metis, seed } = run.config;
  const { eosTokenIds } = engine.config;
  const contexts = candidates.map((sample) =>
    judgmentContext(state.metis.memory, run.train[sample].row.prompt),
  );
  const prompts = contexts.map((context) => tokenizer.chatIds(context));
  const sharedPrefix = commonPrefix(prompts);
  const generated = await engine.generate(
    prompts.map((prompt, i) => ({ key: candidates[i], prompt: Uint32Array.from(prompt) })),
    {
      maxNewTokens: metis.judgeMaxTokens,
      temperature: metis.judgeTemperature,
      topP: 1,
      topK: 0,
      seed: mixKey(seed, stream, state.step),
      stopTokens: eosTokenIds,
      sharedPrefix,
    },
  );
  const judgments = [...generated]
    .sort((a, b) => a.request - b.request)
    .map((answer, i): Judgment => {
      const text = answerText(answer.tokens, tokenizer, eosTokenIds);
      return { context: contexts[i], prompt: prompts[i], answer, text, forecast: parseJudgment(text) };
    });
  const forecasts = judgments.map((judgment) => judgment.forecast);
  const tokens = judgments.reduce(
    (sum, { prompt, answer }) => sum + prompt.length - sharedPrefix + answer.tokens.length,
    sharedPrefix,
  );
  return { forecasts, ranking: forecasts, judgments, sharedPrefix, features: null, tokens };
}
