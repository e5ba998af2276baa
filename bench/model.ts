// The built-in model end to end: forward, scoring, a LoRA step and batched decoding, in tokens a second.
import { openModel } from "../src/data/modelFolder";
import { urlFolder } from "../src/data/urlSource";
import type { Gpu } from "../src/gpu/gpu";
import { LINEARS, type AdapterConfig } from "../src/model/config";
import type { Engine, TrainItem } from "../src/model/engine";
import { createGpuEngine } from "../src/model/gpuEngine";
import { asDocument, pack, type Packed } from "../src/train/pack";
import { seconds, type BenchTask } from "./task";

const ADAPTER: AdapterConfig = { rank: 8, alpha: 16, targets: [...LINEARS], useRslora: false, layers: null };
const [DOCUMENTS, LENGTH] = [4, 128];

let engine: Promise<Engine> | null = null;
/** One engine for all tasks of this suite: they share its weights. */
function open(gpu: Gpu): Promise<Engine> {
  engine ??= (async () => {
    const model = await openModel(urlFolder(new URL("/models/tiny/", location.href).href, "builtin:tiny"));
    const made = await createGpuEngine(gpu, model, ADAPTER, {});
    made.initAdapter(1);
    return made;
  })();
  return engine;
}

/** Documents of fixed pseudo-random tokens; every token but the first is predicted. */
function documents(vocab: number, count: number, length: number): Packed {
  let seed = 1;
  const next = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % vocab;
  const tokens = () => Array.from({ length }, next);
  return pack(
    Array.from({ length: count }, () => tokens()).map((ids) => asDocument(ids.slice(0, 1), ids.slice(1))),
  );
}

function modelTask(
  task: string,
  shape: string,
  tokens: number,
  work: (engine: Engine) => Promise<unknown>,
): BenchTask {
  return {
    suite: "model",
    task,
    shape,
    impl: "proximal",
    unit: "tokens/s",
    async prepare(gpu) {
      const ready = await open(gpu);
      await work(ready);
      return { measure: async () => tokens / (await seconds(gpu, () => work(ready))), dispose: () => {} };
    },
  };
}

const SHAPE = `${DOCUMENTS}×${LENGTH}`;
const TOKENS = DOCUMENTS * LENGTH;

const score = modelTask("score (log-probability and entropy)", SHAPE, TOKENS, (ready) => {
  const { batch, head } = documents(ready.config.vocab, DOCUMENTS, LENGTH);
  return ready.tokenStats(batch, head);
});

const step = modelTask("LoRA step (forward, backward, clip, AdamW)", SHAPE, TOKENS, (ready) => {
  const { batch, head } = documents(ready.config.vocab, DOCUMENTS, LENGTH);
  const nllWeight = new Float32Array(head.targets.length).fill(1 / head.targets.length);
  const item: TrainItem = { batch, head, objective: { nllWeight } };
  // A rate of 0 keeps the work of every round the same.
  return ready.trainStep([item], {
    learningRate: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    clipNorm: 1,
  });
});

const decode = (sequences: number) =>
  modelTask("decode (sampled, KV cache)", `${sequences}×32 after 16`, sequences * 32, (ready) => {
    const { batch } = documents(ready.config.vocab, sequences, 17);
    const prompt = (i: number) => batch.tokens.slice(16 * i, 16 * (i + 1));
    const requests = Array.from({ length: sequences }, (_, key) => ({ key, prompt: prompt(key) }));
    return ready.generate(requests, {
      maxNewTokens: 32,
      temperature: 1,
      topP: 1,
      topK: 0,
      seed: 1,
      stopTokens: [],
    });
  });

export const MODEL_TASKS: BenchTask[] = [score, step, decode(1), decode(8), decode(32)];
