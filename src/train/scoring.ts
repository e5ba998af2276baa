// Scores every sample of the pool by the model's uncertainty: EDCO's entropy in its variants, and the loss for the
// strategies that use it.
import type { EstimatorConfig } from "../config/schema";
import { mixKey } from "../curriculum/random";
import { reduceEntropy } from "../curriculum/reduce";
import { mean } from "../curriculum/stats";
import type { TextTokenizer } from "../data/tokenizer";
import type { Engine } from "../model/engine";
import { childRows, chunks, cutToRows, pack, type Child } from "./pack";
import type { PoolSample } from "./samples";

/** What a scorer needs of the run around it. */
export interface ScoreContext {
  engine: Engine;
  tokenizer: TextTokenizer;
  /** Keys the draws: the same seed and round give the same scores. */
  seed: number;
  round: number;
  /** Called between chunks; throws to stop. */
  between: (done: number, total: number, tokens: number) => Promise<void>;
}

export interface PoolScores {
  /** One a sample, null = not scored. */
  values: (number | null)[];
  /** Rows computed: prompts and generated or teacher-forced tokens. */
  tokens: number;
  unit: "nats" | "bits" | "none";
  /** As the log names it: `prefix 8, mean`. */
  estimator: string;
  prefixTokens: number | null;
}

/** Samples scored between two gates. A constant: it takes part in what a run computes. */
const CHUNK = 128;
/** Rows of a packed forward between two gates. */
const CHUNK_ROWS = 2048;
/**
 * A common beginning of all prompts (a system message, a quick-answer request) is computed once where it has this many
 * tokens; a shorter one costs less beside each prompt than in a forward of its own.
 */
const SHARE_FROM = 8;
const SCORE_STREAM = 0x5c0e;

/** A name that tells two estimators apart. */
export function estimatorName(config: EstimatorConfig): string {
  const parts = [config.kind === "full" ? "full" : `${config.kind} ${config.prefixTokens}`, config.reduce];
  if (config.vocabulary === "top20") parts.push("top 20");
  if (config.kind !== "teacher-forced") {
    parts.push(config.decode === "greedy" ? "greedy" : `T ${config.temperature}, top-p ${config.topP}`);
    if (config.samples > 1) parts.push(`${config.samples} answers`);
  }
  if (config.quickAnswer) parts.push("quick answer");
  return parts.join(", ");
}

/** EDCO's score of every sample, as the estimator settings say. */
export async function scoreEntropy(
  samples: readonly PoolSample[],
  config: EstimatorConfig,
  context: ScoreContext,
): Promise<PoolScores> {
  const prompts = samples.map((sample) => promptIds(sample, config, context.tokenizer));
  const prefixTokens = config.kind === "full" ? null : config.prefixTokens;
  const about = { unit: config.unit, estimator: estimatorName(config), prefixTokens } as const;
  if (config.kind === "teacher-forced") {
    return { ...(await teacherForced(samples, prompts, config, context)), ...about };
  }
  return { ...(await decoded(samples, prompts, config, context)), ...about };
}

/** The prompt to score with: the question alone, or a request for a short answer before it. */
function promptIds(sample: PoolSample, config: EstimatorConfig, tokenizer: TextTokenizer): number[] {
  if (!config.quickAnswer) return sample.promptIds;
  const { prompt, messages } = sample.row;
  if (!messages) return tokenizer.chatIds(config.quickAnswerText + prompt);
  const last = messages.findLastIndex(({ role }) => role === "user");
  return tokenizer.chatIds(
    messages.map((turn, i) =>
      i === last ? { ...turn, content: config.quickAnswerText + turn.content } : turn,
    ),
  );
}

function reduction(config: EstimatorConfig) {
  return {
    prefixTokens: config.kind === "full" ? null : config.prefixTokens,
    reduce: config.reduce,
    unit: config.unit,
  };
}

async function decoded(
  samples: readonly PoolSample[],
  prompts: readonly number[][],
  config: EstimatorConfig,
  { engine, seed, round, between }: ScoreContext,
) {
  const top20 = config.vocabulary === "top20";
  const answers = config.decode === "greedy" ? 1 : config.samples;
  // One prompt for all answers, or one beginning for all prompts: the engine shares either, not both.
  const sharedPrefix = answers === 1 ? sharedBeginning(prompts) : 0;
  const values: (number | null)[] = samples.map(() => null);
  let tokens = 0;
  await between(0, samples.length, 0);
  for (const chunk of chunks(
    samples.map((_, i) => i),
    CHUNK,
  )) {
    const generated = await engine.generate(
      chunk.map((i) => ({ key: samples[i].index, prompt: Uint32Array.from(prompts[i]), rollouts: answers })),
      {
        maxNewTokens: config.kind === "full" ? config.fullTokens : config.prefixTokens,
        temperature: config.decode === "greedy" ? 0 : config.temperature,
        topP: config.decode === "greedy" ? 1 : config.topP,
        topK: 0,
        seed: mixKey(seed, SCORE_STREAM, round),
        stopTokens: engine.config.eosTokenIds,
        top20,
        ...(sharedPrefix > 0 ? { sharedPrefix } : {}),
      },
    );
    const scores = chunk.map((): number[] => []);
    for (const answer of generated) {
      const entropies = top20 ? answer.top20Bits! : answer.entropy;
      const score = reduceEntropy(entropies, top20 ? "bits" : "nats", reduction(config));
      if (score !== null) scores[answer.request].push(score);
      tokens += answer.tokens.length;
    }
    chunk.forEach((i, at) => {
      values[i] = scores[at].length > 0 ? mean(scores[at]) : null;
      tokens += prompts[i].length - sharedPrefix;
    });
    tokens += sharedPrefix;
    await between(chunk[chunk.length - 1] + 1, samples.length, tokens);
  }
  return { values, tokens };
}

/** Ours: the entropies along the reference answer's first tokens, from one packed forward, nothing decoded. */
async function teacherForced(
  samples: readonly PoolSample[],
  prompts: readonly number[][],
  config: EstimatorConfig,
  context: ScoreContext,
) {
  const answers = samples.map((sample) => sample.answerIds.slice(0, config.prefixTokens));
  const top20 = config.vocabulary === "top20";
  const values: (number | null)[] = [];
  const tokens = await eachForward(prompts, answers, context, top20, (stats) => {
    const entropies = top20 ? stats.top20Bits! : stats.entropy;
    values.push(reduceEntropy(entropies, top20 ? "bits" : "nats", reduction(config)));
  });
  return { values, tokens };
}

/** Mean −log p of the reference answer's tokens, nats; `perplexity` is its exponential. */
export async function scoreLoss(
  samples: readonly PoolSample[],
  kind: "loss" | "perplexity",
  context: ScoreContext,
): Promise<PoolScores> {
  const prompts = samples.map((sample) => sample.promptIds);
  const answers = samples.map((sample) => sample.answerIds);
  const values: (number | null)[] = [];
  const tokens = await eachForward(prompts, answers, context, false, ({ logprob }) => {
    const loss = logprob.length > 0 ? -mean(Array.from(logprob)) : null;
    values.push(loss === null ? null : kind === "loss" ? loss : Math.exp(loss));
  });
  const estimator = kind === "loss" ? "answer loss" : "answer perplexity";
  return { values, tokens, unit: kind === "loss" ? "nats" : "none", estimator, prefixTokens: null };
}

/** Packed forwards over every prompt with its answer; `use` gets each answer's stats, in order. Returns the rows. */
async function eachForward(
  prompts: readonly number[][],
  answers: readonly number[][],
  { engine, between }: ScoreContext,
  top20: boolean,
  use: (stats: { logprob: Float32Array; entropy: Float32Array; top20Bits?: Float32Array }) => void,
): Promise<number> {
  const shared = sharedBeginning(prompts);
  const prefix = shared > 0 ? prompts[0].slice(0, shared) : [];
  const documents = prompts.map((prompt, i): Child => ({
    tokens: [...prompt.slice(shared), ...answers[i]],
    targetFrom: prompt.length - shared,
  }));
  let rows = 0;
  let done = 0;
  await between(0, documents.length, 0);
  for (const part of cutToRows(documents, childRows, Math.min(CHUNK_ROWS, engine.maxRows) - shared)) {
    const { batch, head, spans } = pack([{ prefix, children: part }]);
    const stats = await engine.tokenStats(batch, head, { top20 });
    for (const [from, to] of spans) {
      use({
        logprob: stats.logprob.subarray(from, to),
        entropy: stats.entropy.subarray(from, to),
        ...(stats.top20Bits ? { top20Bits: stats.top20Bits.subarray(from, to) } : {}),
      });
    }
    rows += batch.tokens.length;
    done += part.length;
    await between(done, documents.length, rows);
  }
  return rows;
}

/** Tokens of the prompts' common beginning that are worth computing once; 0 = none. */
function sharedBeginning(prompts: readonly number[][]): number {
  const shared = prompts.length > 1 ? commonPrefix(prompts) : 0;
  return shared >= SHARE_FROM ? shared : 0;
}

/** Tokens that all lists begin with; each list keeps at least one of its own. */
export function commonPrefix(lists: readonly (readonly number[])[]): number {
  const shortest = Math.min(...lists.map((list) => list.length - 1));
  let length = 0;
  while (length < shortest && lists.every((list) => list[length] === lists[0][length])) length++;
  return Math.max(0, length);
}
