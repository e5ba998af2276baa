// Measures what prefix sharing saves: a policy step, rollouts and judgments with the common beginning computed
// once, and the same work with every prompt on its own, in the same rounds. Results of both must be equal before
// anything is timed.
import { RANDOM_ORDER } from "../src/curriculum/registry";
import { resolveConfig } from "../src/config/schema";
import { judgmentContext } from "../src/curriculum/judgment";
import { loadPool, openBuiltinModel } from "../src/data/builtin";
import type { Gpu } from "../src/gpu/gpu";
import type { AdamWStep, Engine, GenerateRequest, TrainItem } from "../src/model/engine";
import { createGpuEngine } from "../src/model/gpuEngine";
import { commonPrefix } from "../src/train/scoring";
import {
  madeUpGroup,
  rowsOfItems,
  separateItems,
  sharedItems,
  someTokens,
} from "../src/train/testing/separate";
import { ADAPTER } from "./shape";
import { mustAgree, seconds, type BenchTask } from "./task";

const ROLLOUTS = 8;
const ANSWER = 24;
const PROMPTS = [16, 64, 256];
/** METIS with the defaults: K = 3, m·B = 3 × 6, judgments of 14 tokens. */
const JUDGE = { memory: 3, candidates: 18, tokens: 14 };
/** The work with every prompt for itself. */
export const SEPARATE = "separate documents";
const TOLERANCE = 1e-5;

const { trainer } = resolveConfig({
  trainer: { kind: "grpo", rollouts: ROLLOUTS },
  curriculum: { strategy: RANDOM_ORDER },
});
/** Nothing is learnt, so that every round does the same. */
const OPTIMIZER: AdamWStep = {
  learningRate: 0,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0,
  clipNorm: 1,
};

let opened: ReturnType<typeof openAll> | null = null;
/** One engine for all tasks, and the contexts of a judged step in the words of a real pool. */
async function openAll(gpu: Gpu) {
  const base = new URL("/", location.href).href;
  const model = await openBuiltinModel("tiny", base);
  const engine = await createGpuEngine(gpu, model, ADAPTER);
  engine.initAdapter(3);
  const { train } = await loadPool(null, "comm", base);
  const memory = train.slice(0, JUDGE.memory).map(({ prompt }) => ({ prompt, variance: 0.11 }));
  const contexts = train
    .slice(JUDGE.memory, JUDGE.memory + JUDGE.candidates)
    .map(({ prompt }) => model.tokenizer!.chatIds(judgmentContext(memory, prompt)));
  return { engine, contexts };
}
const open = (gpu: Gpu) => (opened ??= openAll(gpu));

interface Pair {
  task: string;
  shape: string;
  unit: string;
  /** Of `unit` in one piece of work. */
  count: number;
  work: (ready: Awaited<ReturnType<typeof openAll>>, shared: boolean) => Promise<unknown>;
  /** Numbers that both ways must agree in. */
  result: (ready: Awaited<ReturnType<typeof openAll>>, shared: boolean) => Promise<ArrayLike<number>>;
}

function both({ task, shape, unit, count, work, result }: Pair): BenchTask[] {
  return [true, false].map((shared) => ({
    suite: "grpo",
    task,
    shape,
    impl: shared ? "proximal" : SEPARATE,
    unit,
    async prepare(gpu) {
      const ready = await open(gpu);
      if (!shared) mustAgree(task, await result(ready, true), await result(ready, false), TOLERANCE);
      await work(ready, shared);
      return {
        measure: async () => count / (await seconds(gpu, () => work(ready, shared))),
        dispose: () => {},
      };
    },
  }));
}

function stepPair(length: number): Pair {
  const prompt = someTokens(length, length);
  const groups = [madeUpGroup(0, new Array<number>(ROLLOUTS).fill(ANSWER), -6)];
  const items = (engine: Engine, shared: boolean): TrainItem[] =>
    (shared ? sharedItems : separateItems)(groups, () => prompt, trainer, engine.maxRows);
  const answers = ROLLOUTS * (ANSWER - 1);
  return {
    task: "policy step, forward to Adam",
    shape: `prompt ${length}, ${ROLLOUTS} answers of ${ANSWER}: ${length + answers} rows against ${ROLLOUTS * length + answers}`,
    unit: "answers/s",
    count: ROLLOUTS,
    work: ({ engine }, shared) => engine.trainStep(items(engine, shared), OPTIMIZER),
    result: async ({ engine }, shared) => {
      const own = items(engine, shared);
      if (rowsOfItems(own) !== answers + (shared ? length : ROLLOUTS * length))
        throw new Error(`the step computes ${rowsOfItems(own)} rows`);
      const { gradients, loss } = await engine.gradients(own);
      const norms = [...gradients.values()].map(({ values }) =>
        Math.sqrt(values.reduce((sum, x) => sum + x * x, 0)),
      );
      return [loss, ...norms];
    },
  };
}

function rolloutPair(length: number, fresh: number): Pair {
  const prompt = Uint32Array.from(someTokens(length, length));
  const generate = (engine: Engine, shared: boolean, temperature: number) => {
    const requests: GenerateRequest[] = shared
      ? [{ key: 1, prompt, rollouts: ROLLOUTS }]
      : Array.from({ length: ROLLOUTS }, (_, key) => ({ key, prompt }));
    return engine.generate(requests, {
      maxNewTokens: fresh,
      temperature,
      topP: 1,
      topK: 0,
      seed: 1,
      stopTokens: [],
    });
  };
  return {
    task: fresh === 1 ? "rollouts, prompt and first token" : `rollouts of ${fresh} tokens`,
    shape: `prompt ${length}, ${ROLLOUTS} answers: ${length} prompt rows against ${ROLLOUTS * length}`,
    unit: "answers/s",
    count: ROLLOUTS,
    work: ({ engine }, shared) => generate(engine, shared, 1),
    result: async ({ engine }, shared) =>
      (await generate(engine, shared, 0)).flatMap(({ logprob }) => [...logprob]),
  };
}

/** Contexts are known only when the model is open, so the shape tells their lengths in words of the config. */
function judgePair(): Pair {
  const generate = (engine: Engine, contexts: number[][], shared: boolean, temperature: number) =>
    engine.generate(
      contexts.map((ids, key) => ({ key, prompt: Uint32Array.from(ids) })),
      {
        maxNewTokens: JUDGE.tokens,
        temperature,
        topP: 1,
        topK: 0,
        seed: 1,
        stopTokens: [],
        ...(shared ? { sharedPrefix: commonPrefix(contexts) } : {}),
      },
    );
  return {
    task: `judging ${JUDGE.candidates} candidates, ${JUDGE.tokens} tokens each`,
    shape: `K = ${JUDGE.memory}, prompts of comm`,
    unit: "judgments/s",
    count: JUDGE.candidates,
    work: ({ engine, contexts }, shared) => generate(engine, contexts, shared, 1),
    result: async ({ engine, contexts }, shared) =>
      (await generate(engine, contexts, shared, 0)).flatMap(({ logprob }) => [...logprob]),
  };
}

/** Prompt rows of judging as a number of its own: the same in every round. */
function judgeRows(): BenchTask[] {
  return [true, false].map((shared) => ({
    suite: "grpo",
    task: "judging, candidates a thousand prompt rows",
    shape: `K = ${JUDGE.memory}, prompts of comm`,
    impl: shared ? "proximal" : SEPARATE,
    unit: "candidates",
    async prepare(gpu) {
      const { contexts } = await open(gpu);
      const prefix = commonPrefix(contexts);
      const whole = contexts.reduce((sum, ids) => sum + ids.length, 0);
      const rows = shared ? prefix + whole - contexts.length * prefix : whole;
      return { measure: async () => (1000 * contexts.length) / rows, dispose: () => {} };
    },
  }));
}

export const SHARED_TASKS: BenchTask[] = [
  ...PROMPTS.flatMap((length) => both(stepPair(length))),
  ...PROMPTS.flatMap((length) => both(rolloutPair(length, 1))),
  ...PROMPTS.flatMap((length) => both(rolloutPair(length, ANSWER))),
  ...both(judgePair()),
  ...judgeRows(),
];
