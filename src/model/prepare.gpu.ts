// Kernels built ahead: a device that was prepared builds nothing more while it scores, decodes and trains, and what was
// prepared is what that work uses. Each test opens a device of its own, since a device keeps what others built on it.
import { openModel } from "../data/modelFolder";
import { urlFolder } from "../data/urlSource";
import { Gpu } from "../gpu/gpu";
import { expectEqual, expectTrue, gpuTest } from "../gpu/testing/suite";
import { LINEARS } from "../families/config";
import type { Engine, HeadRows, Objective, PackedBatch } from "./engine";
import { createGpuEngine } from "./gpuEngine";

async function open(gpu: Gpu, rank: number): Promise<Engine> {
  const model = await openModel(urlFolder(new URL("/models/tiny/", location.href).href, "tiny"), {
    tokenizer: false,
  });
  const adapter = { rank, alpha: 16, targets: [...LINEARS], useRslora: false, layers: null };
  const engine = await createGpuEngine(gpu, model, adapter, { slots: 16 });
  engine.initAdapter(7);
  return engine;
}

/** One document of `rows` tokens, its last `head` rows predicted. */
function document(rows: number, head: number): { batch: PackedBatch; head: HeadRows } {
  const each = (value: (i: number) => number) => Uint32Array.from({ length: rows }, (_, i) => value(i));
  const none = each(() => 0);
  return {
    batch: {
      tokens: each((i) => 3 + ((i * 97) % 600)),
      position: each((i) => i),
      documentStart: none,
      prefixStart: none,
      prefixEnd: none,
      visibleEnd: each(() => rows),
    },
    head: {
      rows: Uint32Array.from({ length: head }, (_, i) => rows - head + i),
      targets: new Uint32Array(head).fill(5),
    },
  };
}

function objectives(rows: number): Objective[] {
  const full = (value: number) => new Float32Array(rows).fill(value);
  const policy = {
    pgWeight: full(0.01),
    advantage: full(1),
    oldLogprob: full(-1),
    refLogprob: full(-1),
    epsilonLow: 0.2,
    epsilonHigh: 0.2,
    beta: 0.1,
    klTimesRatio: true,
    entropyWeight: full(0.001),
    temperature: 0.7,
  };
  return [{ nllWeight: full(0.01) }, { nllWeight: full(0), policy }];
}

/** Batches of a few rows, of some and of many; heads that end in a small block. */
const SIZES = [
  { rows: 6, head: 3 },
  { rows: 40, head: 40 },
  { rows: 300, head: 131 },
];
const OPTIMIZER = { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, clipNorm: 1 };

/** A round of a run and more: everything an engine is asked for. */
async function everything(engine: Engine): Promise<void> {
  for (const { rows, head } of SIZES) {
    const item = document(rows, head);
    await engine.tokenStats(item.batch, item.head);
    await engine.features(item.batch, item.head.rows);
    for (const objective of objectives(head))
      await engine.trainStep(
        [
          { ...item, objective },
          { ...item, objective },
        ],
        OPTIMIZER,
        { stats: true },
      );
  }
  const options = { maxNewTokens: 3, temperature: 1, topP: 0.9, topK: 5, seed: 1, stopTokens: [] };
  const prompt = Uint32Array.from({ length: 70 }, (_, i) => 3 + i);
  await engine.generate([{ key: 1, prompt }], options);
  await engine.generate([{ key: 1, prompt, rollouts: 12 }], { ...options, temperature: 0 });
  const keys = Array.from({ length: 20 }, (_, key) => ({ key, prompt: prompt.subarray(0, 9 + key) }));
  await engine.generate(keys, { ...options, sharedPrefix: 8 });
}

const NEEDS = { train: true, decode: true, top20: false };

gpuTest.each([
  { why: "rank 8", rank: 8 },
  { why: "rank 3, padded", rank: 3 },
  { why: "rank 16: other variants of x Aᵀ", rank: 16 },
])("kernels: prepared ahead, a run builds none, $why", async ({ rank, note }) => {
  const ahead = await Gpu.open();
  try {
    const engine = await open(ahead, rank);
    const bytes = ahead.createdBytes;
    await engine.prepare(NEEDS);
    const prepared = ahead.pipelinesBuilt;
    expectEqual([ahead.createdBytes], [bytes], "bytes on the device after preparing");
    await everything(engine);
    expectEqual([ahead.pipelinesBuilt], [prepared], "pipelines after a run");
    await engine.prepare(NEEDS);
    expectEqual([ahead.pipelinesBuilt], [prepared], "pipelines after preparing again");
    const idle = ahead.pipelinesUnused;
    expectTrue(idle.length === 0, `nothing is prepared for nothing, but these never ran: ${idle.join(", ")}`);
    note(`${prepared} pipelines in ${Math.round(ahead.pipelineMs)} ms`);
  } finally {
    ahead.dispose();
  }
});

gpuTest("kernels: only what was asked for is prepared", async () => {
  const device = await Gpu.open();
  try {
    const engine = await open(device, 8);
    const counts: number[] = [];
    for (const needs of [
      { train: false, decode: false, top20: false },
      { train: false, decode: true, top20: false },
      { train: false, decode: true, top20: true },
      NEEDS,
    ]) {
      await engine.prepare(needs);
      counts.push(device.pipelinesBuilt);
    }
    counts
      .slice(1)
      .forEach((count, i) => expectTrue(count > counts[i], `each adds kernels: ${counts.join()}`));
    const { batch, head } = document(40, 40);
    await engine.tokenStats(batch, head, { top20: true });
    expectEqual([device.pipelinesBuilt], [counts[3]], "pipelines after scoring with the top 20");
  } finally {
    device.dispose();
  }
});
