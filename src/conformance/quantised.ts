// Measures what int8 and int4 weights cost in accuracy and save in memory: the same texts and questions with the
// weights as stored, in int8 and in int4.
import { resolveConfig } from "../config/schema";
import { openGguf } from "../data/gguf";
import { openModel, type OpenModel } from "../data/modelFolder";
import { urlFolder, urlSource } from "../data/urlSource";
import { Gpu } from "../gpu/gpu";
import type { AdapterConfig } from "../families/config";
import type { Engine } from "../model/engine";
import { createGpuEngine } from "../model/gpuEngine";
import type { WeightChoice } from "../model/weightTypes";
import { ANSWER_TOKENS, evaluate } from "../train/evaluate";
import { textGrader } from "../train/grader";
import { tokenizePool, type Row as PoolRow } from "../train/samples";
import { statsOf } from "./context";

export interface QuantisedJob {
  /** Address of a model folder, ending in a slash, or of a GGUF file. */
  model: string;
  /** Questions with their answers: log-probability of the answers, and greedy answers graded. */
  rows: PoolRow[];
  /** Texts: log-probability of every token but the first. */
  texts: string[];
}

export interface QuantisedResult {
  weights: WeightChoice;
  /** GPU bytes of all frozen weights. */
  weightBytes: number;
  /** Tokens predicted, and the mean of −log p over them, nats. */
  tokens: number;
  meanNats: number;
  /** Greedy answers: how many are right, of how many, and how many are those of the stored weights, word for word. */
  greedy: { right: number; of: number; unchanged: number } | null;
}

const NO_ADAPTER: AdapterConfig = { rank: 1, alpha: 1, targets: ["q_proj"], useRslora: false, layers: null };
const CHOICES: readonly WeightChoice[] = ["as-stored", "int8", "int4"];
const MAX_ROWS = 1024;

async function open(address: string): Promise<OpenModel> {
  if (!/\.gguf$/i.test(address)) return openModel(urlFolder(address, "model"));
  const source = await urlSource(address, "model.gguf");
  if (!source) throw new Error(`${address} is missing`);
  return openGguf(source);
}

async function measure(
  engine: Engine,
  model: OpenModel,
  job: QuantisedJob,
  /** Answers of the stored weights; filled by the first measurement. */
  reference: string[],
): Promise<Omit<QuantisedResult, "weights">> {
  const { tokenizer } = model;
  if (!tokenizer) throw new Error("the model has no tokenizer");
  const { eosTokenIds } = engine.config;
  const pool = tokenizePool(job.rows, tokenizer, eosTokenIds, MAX_ROWS);
  const asked = pool.map(({ promptIds, answerIds }) => ({
    ids: [...promptIds, ...answerIds],
    from: promptIds.length,
  }));
  const read = job.texts.map((text) => ({ ids: tokenizer.encode(text), from: 1 }));
  const docs = [...asked, ...read];
  const wanted = docs.flatMap(({ ids, from }) => ids.map((_, i) => i >= from));
  const { logprob } = await statsOf(
    engine,
    docs.map(({ ids }) => Uint32Array.from(ids)),
    (token) => wanted[token],
  );
  let [sum, tokens] = [0, 0];
  wanted.forEach((counts, token) => {
    if (counts) [sum, tokens] = [sum - logprob[token], tokens + 1];
  });
  const { trainer } = resolveConfig({});
  const context = {
    engine,
    tokenizer,
    grader: textGrader(trainer.reward),
    maxNewTokens: ANSWER_TOKENS,
  };
  const graded = pool.length > 0 ? await evaluate(pool, { ...context, between: async () => {} }) : null;
  const texts = graded?.answers.map(({ text }) => text) ?? [];
  if (reference.length === 0) reference.push(...texts);
  const right = graded ? [...graded.items].filter((item) => item === "1").length : 0;
  const unchanged = texts.filter((text, i) => text === reference[i]).length;
  return {
    weightBytes: engine.memory().planned.weights,
    tokens,
    meanNats: sum / tokens,
    greedy: graded && { right, of: graded.n, unchanged },
  };
}

/** One result a choice, in order. */
export async function runQuantised(
  job: QuantisedJob,
  onResult: (result: QuantisedResult) => void,
): Promise<void> {
  const model = await open(job.model);
  const gpu = await Gpu.open();
  const reference: string[] = [];
  try {
    for (const weights of CHOICES) {
      const engine = await createGpuEngine(gpu, model, NO_ADAPTER, { weights, maxRows: MAX_ROWS });
      try {
        engine.setAdapterEnabled(false);
        onResult({ weights, ...(await measure(engine, model, job, reference)) });
      } finally {
        engine.dispose();
      }
    }
  } finally {
    gpu.dispose();
  }
}
