// Measures the engine end to end on the model shape that is used for all peers: forward pass, scoring, a LoRA step
// and batched decoding, in tokens per second. The first results are compared with those of PyTorch and PEFT for the
// same numbers.
import type { Gpu } from "../src/gpu/gpu";
import type { Engine, HeadRows, PackedBatch, TrainItem } from "../src/model/engine";
import { createGpuEngine } from "../src/model/gpuEngine";
import {
  ADAPTER,
  adapterState,
  DECODE,
  EXPECTED,
  LORA,
  prompts,
  seededModel,
  SHAPE,
  TOKENS,
  tokens,
} from "./shape";
import { uniforms } from "./seeded";
import { mustAgree, seconds, type BenchTask } from "./task";

let engine: Promise<Engine> | null = null;
/** One engine for all tasks of this suite: they share its weights. */
function open(gpu: Gpu): Promise<Engine> {
  engine ??= (async () => {
    const made = await createGpuEngine(gpu, seededModel(), ADAPTER, { maxRows: 1024 });
    restart(made);
    return made;
  })();
  return engine;
}

/** The seeded adapter with fresh moments. */
function restart(ready: Engine): void {
  const adapter = adapterState();
  const zeros = () =>
    new Map([...adapter].map(([name, { shape, values }]) => [name, { shape, values: values.map(() => 0) }]));
  ready.writeState({ adapter, firstMoment: zeros(), secondMoment: zeros(), optimizerStep: 0, variants: {} });
}

/** `documents` of `length` rows laid end to end. */
function rowsOf(ids: ArrayLike<number>, length: number): PackedBatch {
  const rows = ids.length;
  const fill = (value: (i: number) => number) => Uint32Array.from({ length: rows }, (_, i) => value(i));
  return {
    tokens: Uint32Array.from(ids),
    position: fill((i) => i % length),
    documentStart: fill((i) => i - (i % length)),
    prefixStart: fill(() => 0),
    prefixEnd: fill(() => 0),
    visibleEnd: fill((i) => i - (i % length) + length),
  };
}

function batch(): { batch: PackedBatch; head: HeadRows } {
  const { inputs, targets } = tokens();
  return {
    batch: rowsOf(inputs, SHAPE.context),
    head: { rows: Uint32Array.from(inputs.keys()), targets: Uint32Array.from(targets) },
  };
}

const OURS = { suite: "model", impl: "proximal", unit: "tokens/s" } as const;

function modelTask(
  task: string,
  shape: string,
  count: number,
  work: (engine: Engine) => Promise<unknown>,
  check: (engine: Engine) => Promise<void> = async () => {},
): BenchTask {
  return {
    ...OURS,
    task,
    shape,
    async prepare(gpu) {
      const ready = await open(gpu);
      await check(ready);
      await work(ready);
      return { measure: async () => count / (await seconds(gpu, () => work(ready))), dispose: () => {} };
    },
  };
}

export const FORWARD = "forward, logits of every row";
export const SCORE = "score (log-probability and entropy of every row)";
export const STEP = "LoRA step (forward, backward, clip, Adam)";
export const DECODING = "decode (sampled, KV cache)";
export const MODEL_SHAPE = `${SHAPE.batch}×${SHAPE.context}`;
export const decodeShape = (sequences: number): string =>
  `${sequences}×${DECODE.fresh} after ${DECODE.prompt}`;

const TOLERANCE = 2e-5;

const forward = modelTask(
  FORWARD,
  MODEL_SHAPE,
  TOKENS,
  (ready) => {
    const { batch: rows, head } = batch();
    return ready.logits(rows, head.rows);
  },
  async (ready) => {
    const { batch: rows, head } = batch();
    ready.setAdapterEnabled(false);
    const logits = await ready.logits(rows, head.rows);
    ready.setAdapterEnabled(true);
    const got = [logits[0], logits[777], logits[logits.length - 1]];
    mustAgree("logits", got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit], TOLERANCE);
  },
);

const score = modelTask(
  SCORE,
  MODEL_SHAPE,
  TOKENS,
  (ready) => {
    const { batch: rows, head } = batch();
    return ready.tokenStats(rows, head);
  },
  async (ready) => {
    const { batch: rows, head } = batch();
    const { entropy } = await ready.tokenStats(rows, head);
    const means = EXPECTED.entropies.map(
      (_, b) =>
        entropy.subarray(b * SHAPE.context, (b + 1) * SHAPE.context).reduce((a, e) => a + e, 0) /
        SHAPE.context,
    );
    mustAgree("entropies", means, EXPECTED.entropies, TOLERANCE);
  },
);

const scoreOf = (documents: number, length: number): BenchTask => {
  const count = documents * length;
  return modelTask("score, packed documents", `${documents}×${length}`, count, (ready) => {
    const next = uniforms(3);
    const ids = Array.from({ length: count }, () => Math.floor(next() * SHAPE.vocab));
    return ready.tokenStats(rowsOf(ids, length), {
      rows: Uint32Array.from(ids.keys()),
      targets: Uint32Array.from(ids),
    });
  });
};

const trainStep = (ready: Engine): Promise<{ loss: number }> => {
  const { batch: rows, head } = batch();
  const item: TrainItem = {
    batch: rows,
    head,
    objective: { nllWeight: new Float32Array(TOKENS).fill(1 / TOKENS) },
  };
  return ready.trainStep([item], {
    learningRate: LORA.rate,
    beta1: LORA.beta1,
    beta2: LORA.beta2,
    epsilon: LORA.epsilon,
    weightDecay: 0,
    clipNorm: LORA.clip,
  });
};

const step = modelTask(STEP, MODEL_SHAPE, TOKENS, trainStep, async (ready) => {
  restart(ready);
  const losses: number[] = [];
  while (losses.length < EXPECTED.losses.length) losses.push((await trainStep(ready)).loss);
  mustAgree("losses", losses, EXPECTED.losses, TOLERANCE);
});

const generate = (
  ready: Engine,
  lengths: readonly number[],
  maxNewTokens: number,
  stops: readonly number[] = [],
  temperature = 1,
) => {
  const ids = prompts(lengths.length);
  const requests = lengths.map((length, key) => ({
    key,
    prompt: Uint32Array.from(ids.subarray(key * DECODE.prompt, key * DECODE.prompt + length)),
  }));
  const options = { maxNewTokens, temperature, topP: 1, topK: 0, seed: 1, stopTokens: stops };
  return ready.generate(requests, options);
};

/** What a right implementation decodes greedily without the adapter, [sequences × fresh]: checked by the golden cases. */
export async function greedyTokens(gpu: Gpu): Promise<number[]> {
  const ready = await open(gpu);
  ready.setAdapterEnabled(false);
  try {
    const lengths = new Array<number>(DECODE.sequences).fill(DECODE.prompt);
    const answers = await generate(ready, lengths, DECODE.fresh, [], 0);
    return answers.flatMap(({ tokens: drawn }) => [...drawn]);
  } finally {
    ready.setAdapterEnabled(true);
  }
}

const decode = (sequences: number): BenchTask =>
  modelTask(DECODING, decodeShape(sequences), sequences * DECODE.fresh, (ready) =>
    generate(ready, new Array<number>(sequences).fill(DECODE.prompt), DECODE.fresh),
  );

/** As many sequences as the default pool has samples, ended by chance at very different lengths: slots must be refilled. */
const RAGGED = { sequences: 603, stops: Array.from({ length: 16 }, (_, i) => 40 * i) };
const drawRagged = (ready: Engine) =>
  generate(ready, new Array<number>(RAGGED.sequences).fill(DECODE.prompt), DECODE.fresh, RAGGED.stops);

const refilled = (
  task: string,
  shape: string,
  work: (ready: Engine) => Promise<() => ReturnType<Engine["generate"]>>,
): BenchTask => ({
  ...OURS,
  task,
  shape,
  async prepare(gpu) {
    const ready = await open(gpu);
    const run = await work(ready);
    const fresh = (await run()).reduce((sum, answer) => sum + answer.tokens.length, 0);
    return { measure: async () => fresh / (await seconds(gpu, run)), dispose: () => {} };
  },
});

const ragged = refilled(
  "decode, ragged answers (slots refilled)",
  `${RAGGED.sequences} of 1 to ${DECODE.fresh} after ${DECODE.prompt}, 64 slots`,
  (ready) => Promise.resolve(() => drawRagged(ready)),
);

/** What ragged answers are held against: as many prompt tokens an answer token, but nobody waits for anybody. */
const even = refilled(
  "decode, answers of the ragged ones' mean length",
  `9 × 64 after ${DECODE.prompt}, 64 slots`,
  async (ready) => {
    const answers = await drawRagged(ready);
    const mean = answers.reduce((sum, { tokens: own }) => sum + own.length, 0) / answers.length;
    const lengths = new Array<number>(9 * 64).fill(DECODE.prompt);
    return () => generate(ready, lengths, Math.round(mean));
  },
);

export const MODEL_TASKS: BenchTask[] = [
  forward,
  score,
  step,
  decode(1),
  decode(8),
  decode(32),
  decode(64),
  ragged,
  even,
  ...[128, 256, 512, 1024].map((rows) => scoreOf(rows / 64, 64)),
];
