// Memory as planned against memory as created, and the backward that recomputes blocks against the one that keeps them.
import { openModel } from "../data/modelFolder";
import { neededTensors } from "../data/modelTensors";
import type { TensorEntry } from "../data/safetensors";
import { urlFolder } from "../data/urlSource";
import type { Gpu } from "../gpu/gpu";
import { expectEqual, expectTrue, gpuTest } from "../gpu/testing/suite";
import { Adapter } from "./adapter";
import { LINEARS, type AdapterConfig, type DecoderConfig } from "./config";
import type { Engine, PackedBatch, TrainItem } from "./engine";
import { createGpuEngine } from "./gpuEngine";
import { storedType, uploadWeights, type LoadedModel } from "./loadWeights";
import { planMemory, totalBytes, type PlannedWork } from "./plan";
import { fixedVariant } from "./variants";
import { Workspace } from "./workspace";

const lora = (rank: number, layers: number[] | null = null): AdapterConfig => ({
  rank,
  alpha: 2 * rank,
  targets: [...LINEARS],
  useRslora: false,
  layers,
});

const folder = (path: string) => urlFolder(new URL(path, location.href).href, path);

/** One document of `rows` tokens, every row predicting the next. */
function item(rows: number, vocab: number): TrainItem {
  const all = (of: (i: number) => number) => Uint32Array.from({ length: rows }, (_, i) => of(i));
  const batch: PackedBatch = {
    tokens: all((i) => 3 + ((i * 97 + ((i * i) % 31)) % (vocab - 3))),
    position: all((i) => i),
    documentStart: all(() => 0),
    prefixStart: all(() => 0),
    prefixEnd: all(() => 0),
    visibleEnd: all(() => rows),
  };
  const head = {
    rows: batch.position.slice(0, rows - 1),
    targets: batch.tokens.slice(1),
  };
  return { batch, head, objective: { nllWeight: new Float32Array(rows - 1).fill(1 / rows) } };
}

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
])(
  "memory: recomputed blocks give the gradients of kept ones, to the bit ($why)",
  async ({ gpu, path, layers, rows }) => {
    const model = await openModel(folder(path), { tokenizer: false });
    const work = [item(rows, model.config.vocab)];
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
  const work = [item(120, model.config.vocab)];
  const plan = (recompute: boolean) => {
    const sizes = { trainRows: 120, trainHead: 119, inferRows: 0, inferHead: 0, cacheRows: 0, slots: 0 };
    const typeOf = (name: string) => storedType(model.tensors.get(name));
    return totalBytes(planMemory(model.config, lora(4), { ...sizes, positions: 120, recompute }, typeOf));
  };
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

/** SmolLM2-135M's shape and stored types (as its Q4_1 GGUF file), with zeros for values: what counts here is bytes. */
function smolLm2(): LoadedModel {
  const config: DecoderConfig = {
    architecture: "llama",
    ...{ vocab: 49_152, hidden: 576, layers: 30, intermediate: 1536, heads: 9, kvHeads: 3, headDim: 64 },
    ...{ rmsEps: 1e-5, ropeTheta: 100_000, ropeScaling: null, qkNorm: false, qkvBias: false, tiedHead: true },
    ...{ maxPosition: 8192, eosTokenIds: [2] },
  };
  const tensors = new Map<string, TensorEntry>();
  for (const { name, shape } of neededTensors(config)) {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    const source = { name, size: bytes, read: async (_: number, length: number) => new Uint8Array(length) };
    const dtype = name === "model.embed_tokens.weight" ? "int8" : "int4";
    const rowBytes = ((shape[1] ?? 0) / 32) * (dtype === "int8" ? 36 : 24);
    const read = async (_: number, count: number) => new Uint8Array(count * rowBytes);
    const packed = shape.length > 1 ? { stored: dtype, packed: { dtype, rowBytes, read } as const } : {};
    tensors.set(name, { name, dtype: "F32", shape, source, offset: 0, bytes, ...packed });
  }
  return { name: "SmolLM2-135M", config, tensors };
}

/** Everything of a training batch as the engine creates it, without computing anything. */
async function create(gpu: Gpu, model: LoadedModel, adapter: AdapterConfig, work: PlannedWork) {
  const before = gpu.createdBytes;
  const weights = await uploadWeights(gpu, model, "as-stored");
  const parameters = new Adapter(gpu, model.config, weights.shape, adapter);
  const space = new Workspace(gpu, weights, parameters, fixedVariant(gpu).choose, "as-stored");
  const { trainRows: rows, trainHead: head, positions, recompute } = work;
  space.contexts("train", { rows, head, positions, pairs: rows, recompute });
  const created = gpu.createdBytes - before;
  space.dispose();
  expectTrue(gpu.createdBytes === before, `${gpu.createdBytes - before} bytes were left behind`);
  return created;
}

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
])("memory: planned within 5 % of created ($why)", async ({ gpu, note, open, rows, rank }) => {
  const model = await open();
  const adapter = lora(rank);
  const lines: string[] = [];
  for (const recompute of [false, true]) {
    const sizes = { trainRows: rows, trainHead: rows, inferRows: 0, inferHead: 0, cacheRows: 0, slots: 0 };
    const work: PlannedWork = { ...sizes, positions: rows, recompute };
    const typeOf = (name: string) => storedType(model.tensors.get(name));
    const planned = planMemory(model.config, adapter, work, typeOf);
    const total = totalBytes(planned);
    const created = await create(gpu, model, adapter, work);
    const off = Math.abs(total - created) / created;
    lines.push(
      `${recompute ? "recomputing" : "keeping"} blocks: planned ${mib(total)}, created ${mib(created)}`,
    );
    expectTrue(off <= 0.05, `planned ${total} bytes, created ${created} (${JSON.stringify(planned)})`);
  }
  note(lines.join("; "));
});

gpuTest("memory: SmolLM2-135M at 512 rows and rank 8 is the sum of its parts", async ({ note }) => {
  const { config, tensors } = smolLm2();
  const rows = 512;
  const sizes = { trainRows: rows, trainHead: rows, inferRows: 0, inferHead: 0, cacheRows: 0, slots: 0 };
  const plan = (recompute: boolean) =>
    planMemory(config, lora(8), { ...sizes, positions: rows, recompute }, (name) =>
      storedType(tensors.get(name)),
    );
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
