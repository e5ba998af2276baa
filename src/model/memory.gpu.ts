// Memory as planned against memory as created, and the backward that recomputes blocks against the one that keeps them.
import { openModel } from "../data/modelFolder";
import { urlFolder } from "../data/urlSource";
import { expectEqual, expectTrue, gpuTest } from "../gpu/testing/suite";
import type { Engine } from "./engine";
import { createGpuEngine } from "./gpuEngine";
import { planMemory, totalBytes } from "./plan";
import {
  createTraining,
  documents,
  lora,
  qwen3,
  smolLm2,
  smolLm2Bf16,
  trainingWork,
  typesOf,
} from "./testing/memory";

const folder = (path: string) => urlFolder(new URL(path, location.href).href, path);

/** An adapter whose B is not zero, so that every gradient is one. */
async function start(engine: Engine): Promise<void> {
  engine.initAdapter(7);
  const state = await engine.readState();
  for (const [name, { values }] of state.adapter)
    if (name.includes("lora_B")) values.forEach((_, i) => (values[i] = 0.02 * Math.sin(i + name.length)));
  engine.writeState(state);
}

const TINY = "/models/tiny/";
const CASES = "/e2e/golden/cases/";

gpuTest.each([
  { why: "all blocks adapted", path: TINY, layers: null, rows: 150 },
  { why: "blocks 1 and 3 adapted", path: TINY, layers: [1, 3], rows: 150 },
  { why: "the last block alone", path: TINY, layers: [3], rows: 40 },
  { why: "biases and f16", path: `${CASES}qwen2-bias-f16/model/`, layers: null, rows: 40 },
  { why: "norms behind and a window", path: `${CASES}gemma3-sliding-bf16/model/`, layers: null, rows: 40 },
])(
  "memory: recomputed blocks give the gradients of kept ones, to the bit ($why)",
  async ({ gpu, path, layers, rows }) => {
    const model = await openModel(folder(path), { tokenizer: false });
    const work = [documents(rows, model.config.vocab)];
    const run = async (memoryLimit: number) => {
      const before = gpu.createdBytes;
      const engine = await createGpuEngine(gpu, model, lora(4, layers), { memoryLimit });
      await start(engine);
      const { loss, gradients } = await engine.gradients(work);
      const { planned } = engine.memory();
      const created = gpu.createdBytes - before;
      engine.dispose();
      return { loss, gradients, planned, created };
    };
    const kept = await run(Infinity);
    const again = await run(1);
    expectEqual([again.loss], [kept.loss], "loss");
    let nonzero = 0;
    for (const [name, { values }] of kept.gradients) {
      nonzero += values.filter((v) => v !== 0).length;
      expectEqual(again.gradients.get(name)?.values ?? [], values, name);
    }
    expectTrue(nonzero > 1000, `only ${nonzero} gradients are not zero`);
    const blocks = model.config.layers - Math.min(...(layers ?? [0]));
    if (blocks > 1) {
      expectTrue(again.planned.activations < kept.planned.activations, "the plan is smaller");
      expectTrue(again.created < kept.created, `${again.created} bytes created, ${kept.created} without`);
    }
    for (const { planned, created } of [kept, again]) {
      const total = totalBytes(planned);
      expectTrue(Math.abs(total - created) <= 0.05 * created, `planned ${total} bytes, created ${created}`);
    }
  },
);

gpuTest("memory: blocks are recomputed only where the limit asks for it", async ({ gpu }) => {
  const model = await openModel(folder(TINY), { tokenizer: false });
  const work = [documents(120, model.config.vocab)];
  const plan = (recompute: boolean) =>
    totalBytes(planMemory(model.config, lora(4), trainingWork(120, recompute), typesOf(model)));
  const [keeps, recomputes] = [plan(false), plan(true)];
  expectTrue(recomputes < keeps, `${recomputes} bytes recomputing, ${keeps} keeping`);
  for (const [memoryLimit, expected] of [
    [keeps, keeps],
    [keeps - 1, recomputes],
  ]) {
    const engine = await createGpuEngine(gpu, model, lora(4), { memoryLimit });
    await engine.gradients(work);
    const total = totalBytes(engine.memory().planned);
    expectTrue(total === expected, `a limit of ${memoryLimit} gives ${total} bytes, expected ${expected}`);
    engine.dispose();
  }
});

const MIB = 2 ** 20;
const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;

gpuTest.each([
  {
    why: "tiny, 96 rows, rank 4",
    open: () => openModel(folder(TINY), { tokenizer: false }),
    rows: 96,
    rank: 4,
  },
  {
    why: "tiny, 1,000 rows, rank 16",
    open: () => openModel(folder(TINY), { tokenizer: false }),
    rows: 1000,
    rank: 16,
  },
  { why: "SmolLM2-135M, 172 rows, rank 8", open: async () => smolLm2(), rows: 172, rank: 8 },
  { why: "SmolLM2-135M, 512 rows, rank 8", open: async () => smolLm2(), rows: 512, rank: 8 },
  { why: "SmolLM2-135M in bf16, 512 rows, rank 8", open: async () => smolLm2Bf16(), rows: 512, rank: 8 },
  { why: "Qwen3-0.6B, int4, 2 layers, rank 16", open: async () => qwen3(1024, 2), rows: 512, rank: 16 },
  { why: "Qwen3-1.7B, int4, 2 layers, rank 16", open: async () => qwen3(2048, 2), rows: 512, rank: 16 },
])("memory: planned within 5 % of created ($why)", async ({ gpu, note, open, rows, rank }) => {
  const model = await open();
  const adapter = lora(rank);
  const lines: string[] = [];
  for (const recompute of [false, true]) {
    const work = trainingWork(rows, recompute);
    const planned = planMemory(model.config, adapter, work, typesOf(model));
    const total = totalBytes(planned);
    const { total: created, left } = await createTraining(gpu, model, adapter, work);
    expectTrue(left === 0, `${left} bytes were left behind`);
    const off = Math.abs(total - created) / created;
    lines.push(
      `${recompute ? "recomputing" : "keeping"} blocks: planned ${mib(total)}, created ${mib(created)}`,
    );
    expectTrue(off <= 0.05, `planned ${total} bytes, created ${created} (${JSON.stringify(planned)})`);
  }
  note(lines.join("; "));
});

gpuTest("memory: SmolLM2-135M at 512 rows and rank 8 is the sum of its parts", async ({ note }) => {
  const model = smolLm2();
  const { config } = model;
  const rows = 512;
  const plan = (recompute: boolean) =>
    planMemory(config, lora(8), trainingWork(rows, recompute), typesOf(model));
  const [kept, again] = [plan(false), plan(true)];
  // From the published shape alone: 28.3 M embedding values in 36 bytes a 32, 106.2 M others in 24 bytes a 32.
  const { vocab, hidden: c, intermediate: f, layers } = config;
  const [q, kv] = [config.heads * config.headDim, config.kvHeads * config.headDim];
  const linears = layers * (2 * c * q + 2 * c * kv + 3 * c * f);
  const weights = (vocab * c * 36) / 32 + (linears * 24) / 32 + 4 * c * (2 * layers + 1);
  const factors = 8 * layers * (2 * (c + q) + 2 * (c + kv) + 3 * (c + f));
  // Input, q k v before rotary, q, k, v, attention output, log-sums, mid, gate and up, two norms, seven x Aᵀ.
  const block = 4 * rows * (c + (q + 2 * kv) + q + 2 * kv + q + config.heads + c + 2 * f + 2 + 7 * 8);
  const near = (got: number, want: number, what: string) =>
    expectTrue(Math.abs(got - want) <= 0.01 * want, `${what}: planned ${got} bytes, ${want} by the shape`);
  near(again.weights, weights, "weights");
  near(again.adapter, 2 * 4 * factors, "adapter and gradient");
  near(again.moments, 2 * 4 * factors, "moments");
  near(again.activations, block + 4 * rows * c * (layers - 1), "one block and the inputs of the others");
  near(kept.activations, layers * block, "all blocks");
  const parts = weights + 4 * 4 * factors + block;
  const of = (report: typeof kept) =>
    Object.entries(report)
      .filter(([, bytes]) => bytes > 0)
      .map(([purpose, bytes]) => `${purpose} ${mib(bytes)}`)
      .join(", ");
  note(
    `peak ${mib(totalBytes(again))} recomputing blocks (${of(again)}), ${mib(totalBytes(kept))} keeping them (${of(kept)}); ` +
      `weights, adapter with gradient, moments and one block's activations make ${mib(parts)}`,
  );
});
