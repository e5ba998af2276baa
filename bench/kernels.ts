// Measures the lab's kernels at the shapes of real models. Each result is first compared with its f64 reference.
import type { Gpu } from "../src/gpu/gpu";
import { encodeAdamW } from "../src/gpu/kernels/adamw";
import { encodeAttention } from "../src/gpu/kernels/attention";
import {
  encodeAttentionDelta,
  encodeAttentionGradKv,
  encodeAttentionGradQ,
} from "../src/gpu/kernels/attentionGrad";
import { encodeHeadFinish } from "../src/gpu/kernels/headFinish";
import { encodeLogitMoments } from "../src/gpu/kernels/logitMoments";
import { encodeLoraGradA, encodeLoraGradB, encodeLoraGradXa, outerScratch } from "../src/gpu/kernels/lora";
import { encodeMatmul, encodeMatmulDx, MATMUL_VARIANTS, needsSubgroups } from "../src/gpu/kernels/matmul";
import { encodeRmsNorm } from "../src/gpu/kernels/rmsNorm";
import { rowLanes } from "../src/gpu/kernels/rowLanes";
import { Recorder } from "../src/gpu/recorder";
import { adamwReference } from "../src/gpu/reference/adamw";
import { attentionReference } from "../src/gpu/reference/attention";
import { attentionGradReference } from "../src/gpu/reference/attentionGrad";
import { loraGradReference } from "../src/gpu/reference/lora";
import { matmulReference } from "../src/gpu/reference/matmul";
import { rmsNormReference } from "../src/gpu/reference/rmsNorm";
import { rowRecords } from "../src/gpu/rows";
import type { Tensor } from "../src/gpu/tensor";
import { attentionInputs } from "../src/gpu/testing/attentionCases";
import { packWeights } from "../src/gpu/testing/weights";
import type { WeightShard, WeightType } from "../src/gpu/weights";
import { fixedVariant } from "../src/model/variants";
import { CEILINGS } from "./ceilings";
import {
  flops,
  normals,
  operands,
  productError,
  productName,
  PRODUCTS,
  RIGHT_PRODUCT,
  transposed,
} from "./seeded";
import { mustAgree, seconds, type BenchTask } from "./task";

/** What a task needs: tensors are freed at the end, `record` is timed, `check` runs once after one recording. */
interface Work {
  record(rec: Recorder): void;
  check(): Promise<void>;
  /** Operations (GFLOP/s) or bytes (GB/s) of one recording. */
  amount: number;
  tensors: Tensor[];
  /** Recordings in a sample. */
  repeats?: number;
}

const kernelTask = (
  task: string,
  shape: string,
  unit: "GFLOP/s" | "GB/s",
  build: (gpu: Gpu, upload: (values: Float32Array, shape: number[]) => Tensor) => Work,
): BenchTask => ({
  suite: "kernels",
  task,
  shape,
  impl: "proximal",
  unit,
  async prepare(gpu) {
    const uploaded: Tensor[] = [];
    const work = build(gpu, (values, dims) => {
      const tensor = gpu.upload(values, dims, task, "scratch");
      uploaded.push(tensor);
      return tensor;
    });
    await gpu.run((rec) => work.record(rec));
    await work.check();
    const repeats = work.repeats ?? 1;
    const sample = () =>
      gpu.run((rec) => {
        for (let i = 0; i < repeats; i++) work.record(rec);
      });
    return {
      measure: async () => (repeats * work.amount) / (await seconds(gpu, sample)) / 1e9,
      dispose: () => gpu.free(...uploaded, ...work.tensors),
    };
  },
});

/** Models whose shapes are measured. */
const MODELS = [
  { name: "tiny", hidden: 160, inner: 384, heads: 4, kvHeads: 2, headDim: 32, vocab: 640, adapter: 84992 },
  {
    name: "SmolLM2-135M",
    hidden: 576,
    inner: 1536,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    vocab: 49152,
    adapter: 2442240,
  },
  {
    name: "Qwen3-0.6B",
    hidden: 1024,
    inner: 3072,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    vocab: 151936,
    adapter: 5046272,
  },
] as const;
type Model = (typeof MODELS)[number];
const ROWS = 128;
/** Columns of the head that are measured: one tile. */
const HEAD_COLUMNS = 8192;

function shardOf(gpu: Gpu, values: Float32Array, rows: number, cols: number, dtype: WeightType) {
  const { words, stored } = packWeights(values, cols, dtype);
  const tensor = gpu.upload(words, [words.length], "weights", "scratch");
  const shard: WeightShard = { tensor, dtype, firstRow: 0, rows, cols };
  return { shard, stored };
}

const products = PRODUCTS.flatMap((product) => {
  const [m, k, n] = product;
  return (["as chosen", ...MATMUL_VARIANTS] as const).map((variant) =>
    kernelTask(
      variant === "as chosen" ? "matmul f32" : `matmul f32, ${variant}`,
      productName(product),
      "GFLOP/s",
      (gpu, upload) => {
        if (variant !== "as chosen" && needsSubgroups(variant) && !gpu.features.has("subgroups"))
          throw new Error("this adapter has no subgroups");
        const { a, b } = operands(product);
        const x = upload(a, [m, k]);
        const { shard } = shardOf(gpu, transposed(b, k, n), n, k, "f32");
        const y = gpu.alloc([m, n], "f32", "y", "scratch");
        const form = variant === "as chosen" ? fixedVariant(gpu).choose("forward", m, n, k) : variant;
        return {
          record: (rec) => encodeMatmul(rec, { x, shard, y }, form),
          check: async () => {
            const error = productError(product, await gpu.readF32(y));
            if (error > RIGHT_PRODUCT) throw new Error(`off by ${error}`);
          },
          amount: flops(product),
          tensors: [y, shard.tensor],
        };
      },
    ),
  );
});

/** Rows of a result that are held to the reference: all of them would take longer than the bench. */
const CHECKED = 4;

function linear(name: string, n: number, k: number, direction: "forward" | "dx"): BenchTask {
  const label = direction === "forward" ? "matmul bf16" : "matmul dX bf16";
  return kernelTask(label, `${name}, ${ROWS}×${k}×${n}`, "GFLOP/s", (gpu, upload) => {
    const forward = direction === "forward";
    const { shard, stored } = shardOf(gpu, normals(n * k, 1, 2), n, k, "bf16");
    const inputs = normals(ROWS * (forward ? k : n), 1, 1);
    const input = upload(inputs, [ROWS, forward ? k : n]);
    const output = gpu.alloc([ROWS, forward ? n : k], "f32", "output", "scratch");
    const form = fixedVariant(gpu).choose(direction, ROWS, n, k);
    return {
      record: (rec) =>
        forward
          ? encodeMatmul(rec, { x: input, shard, y: output }, form)
          : encodeMatmulDx(rec, { dy: input, shard, dx: output, accumulate: false }, form),
      check: async () => {
        const got = await gpu.readF32(output);
        const few = inputs.subarray(0, CHECKED * (forward ? k : n));
        const want = forward
          ? matmulReference({ rows: CHECKED, k, n }, few, stored)
          : matmulReference({ rows: CHECKED, k: n, n: k }, few, transposed(Float32Array.from(stored), n, k));
        mustAgree(label, got.subarray(0, want.length), want);
      },
      amount: 2 * ROWS * n * k,
      tensors: [shard.tensor, output],
    };
  });
}

/** x Aᵀ and y = x Wᵀ + s · (x Aᵀ) Bᵀ, as the forward pass does it. */
function loraPair({ name, hidden }: Model): BenchTask {
  const [n, k, rank] = [hidden, hidden, 8];
  return kernelTask("LoRA pair forward", `${name}, ${ROWS}×${k}×${n}, rank 8`, "GFLOP/s", (gpu, upload) => {
    const { shard, stored } = shardOf(gpu, normals(n * k, 1, 2), n, k, "bf16");
    const [inputs, a, b] = [normals(ROWS * k, 1, 1), normals(rank * k, 1, 3), normals(n * rank, 1, 4)];
    const x = upload(inputs, [ROWS, k]);
    const aShard: WeightShard = {
      tensor: upload(a, [rank, k]),
      dtype: "f32",
      firstRow: 0,
      rows: rank,
      cols: k,
    };
    const loraB = upload(b, [n, rank]);
    const xa = gpu.alloc([ROWS, rank], "f32", "xa", "scratch");
    const y = gpu.alloc([ROWS, n], "f32", "y", "scratch");
    const { choose } = fixedVariant(gpu);
    const lora = { xa, loraB, rank, scale: 2, segments: [n, n] as [number, number] };
    return {
      record: (rec) => {
        encodeMatmul(rec, { x, shard: aShard, y: xa }, choose("forward", ROWS, rank, k));
        encodeMatmul(rec, { x, shard, y, lora }, choose("forward", ROWS, n, k));
      },
      check: async () => {
        const few = inputs.subarray(0, CHECKED * k);
        const wantXa = matmulReference({ rows: CHECKED, k, n: rank }, few, a);
        const want = matmulReference({ rows: CHECKED, k, n }, few, stored, {
          lora: { xa: wantXa, b, rank, slots: 1, scale: 2, segments: [n, n] },
        });
        mustAgree("LoRA pair", (await gpu.readF32(y)).subarray(0, want.length), want);
      },
      amount: 2 * ROWS * (n * k + rank * (n + k)),
      tensors: [shard.tensor, xa, y],
    };
  });
}

function loraGradients({ name, hidden }: Model): BenchTask {
  const [n, k, rank] = [hidden, hidden, 8];
  return kernelTask("LoRA gradients", `${name}, ${ROWS}×${k}×${n}, rank 8`, "GFLOP/s", (gpu, upload) => {
    const shape = { rows: ROWS, rank, segments: [n, n] as [number, number], scale: 2 };
    const [xs, as, bs, dys] = [
      normals(ROWS * k, 1, 1),
      normals(rank * k, 1, 2),
      normals(n * rank, 1, 3),
      normals(ROWS * n, 1, 4),
    ];
    const want = loraGradReference({ ...shape, n, k, slots: 1 }, xs, as, bs, dys);
    const [x, loraB, dy] = [upload(xs, [ROWS, k]), upload(bs, [n, rank]), upload(dys, [ROWS, n])];
    const xa = upload(Float32Array.from(want.xa), [ROWS, rank]);
    const make = (dims: number[]) => gpu.alloc(dims, "f32", "gradient", "scratch");
    const [dxa, gradA, gradB] = [make([ROWS, rank]), make([rank, k]), make([n, rank])];
    const partial = make([Math.max(outerScratch(ROWS, rank, k), outerScratch(ROWS, n, rank))]);
    return {
      record: (rec) => {
        rec.clear(gradA);
        rec.clear(gradB);
        encodeLoraGradXa(rec, { dy, loraB, dxa }, shape);
        encodeLoraGradA(rec, { dxa, x, partial, grad: gradA }, ROWS);
        encodeLoraGradB(rec, { dy, xa, partial, grad: gradB }, shape);
      },
      check: async () => {
        mustAgree("dA", await gpu.readF32(gradA), want.dA);
        mustAgree("dB", await gpu.readF32(gradB), want.dB);
      },
      amount: 2 * ROWS * rank * (2 * n + k),
      tensors: [dxa, gradA, gradB, partial],
    };
  });
}

function attention(model: Model, backward: boolean): BenchTask {
  const { name, heads, kvHeads, headDim } = model;
  const shape = `${name}, 8 documents of 64, ${heads}/${kvHeads} heads of ${headDim}`;
  const task = backward ? "attention backward" : "attention forward";
  return kernelTask(task, shape, "GFLOP/s", (gpu, upload) => {
    const children = Array.from({ length: 8 }, () => 64);
    const form = { heads, kvHeads, headDim };
    const host = attentionInputs({ why: name, ...form, groups: [{ prefix: 0, children }] });
    const { count, padded } = host;
    const pairs = (8 * 64 * 65) / 2;
    const rows = gpu.upload(rowRecords(host.rows), [count, 8], "rows", "scratch");
    const make = (width: number) => gpu.alloc([count, width], "f32", "attention", "scratch");
    const made = {
      o: make(heads * padded),
      lse: make(heads),
      delta: make(heads),
      dq: make(heads * padded),
      dkv: make(2 * kvHeads * padded),
    };
    const t = {
      q: upload(host.q, [count, heads * padded]),
      k: upload(host.k, [count, kvHeads * padded]),
      v: upload(host.v, [count, kvHeads * padded]),
      dO: upload(host.dO, [count, heads * padded]),
      rows,
      ...made,
    };
    const options = { ...form, pairs };
    let primed = false;
    return {
      record: (rec) => {
        if (!backward || !primed) encodeAttention(rec, t, options);
        primed = true;
        if (!backward) return;
        encodeAttentionDelta(rec, t, options);
        encodeAttentionGradQ(rec, t, options);
        encodeAttentionGradKv(rec, t, options);
      },
      check: async () => {
        if (!backward) {
          mustAgree(task, await gpu.readF32(t.o), attentionReference(host, form).o);
          return;
        }
        const want = attentionGradReference(host, host.dO, form);
        mustAgree("dq", await gpu.readF32(t.dq), want.dq);
        mustAgree("dkv", await gpu.readF32(t.dkv), want.dkv);
      },
      // Two products a pair forward, five backward.
      amount: 2 * (backward ? 5 : 2) * pairs * heads * headDim,
      tensors: [rows, ...Object.values(made)],
    };
  });
}

/** A tile of the head: logits alone, or with loss, log-probability and entropy. */
function head({ name, hidden, vocab }: Model, measured: boolean): BenchTask {
  const columns = Math.min(vocab, HEAD_COLUMNS);
  const task = measured ? "head with loss and entropy" : "head, logits alone";
  return kernelTask(task, `${name}, ${ROWS}×${hidden}×${columns}`, "GFLOP/s", (gpu, upload) => {
    const { shard, stored } = shardOf(gpu, normals(columns * hidden, 0.05, 2), columns, hidden, "bf16");
    const inputs = normals(ROWS * hidden, 1, 1);
    const x = upload(inputs, [ROWS, hidden]);
    const picks = Uint32Array.from({ length: ROWS }, (_, i) => (i * 37) % columns);
    const targets = gpu.upload(picks, [ROWS], "targets", "scratch");
    const make = (width: number) => gpu.alloc([ROWS, width], "f32", "head", "scratch");
    const [logits, state, stats] = [make(columns), make(8), make(4)];
    const form = fixedVariant(gpu).choose("forward", ROWS, columns, hidden);
    return {
      record: (rec) => {
        encodeMatmul(rec, { x, shard, y: logits }, form);
        if (!measured) return;
        encodeLogitMoments(rec, { logits, targets, state }, { firstVocab: 0, vocab: columns, first: true });
        encodeHeadFinish(rec, { state, stats });
      },
      check: async () => {
        const few = inputs.subarray(0, CHECKED * hidden);
        const want = matmulReference({ rows: CHECKED, k: hidden, n: columns }, few, stored);
        mustAgree("logits", (await gpu.readF32(logits)).subarray(0, want.length), want);
        if (!measured) return;
        const got = await gpu.readF32(stats);
        for (let row = 0; row < CHECKED; row++) {
          const own = want.subarray(row * columns, (row + 1) * columns);
          const top = own.reduce((a, b) => Math.max(a, b), -Infinity);
          const mass = own.reduce((sum, l) => sum + Math.exp(l - top), 0);
          const logs = own.map((l) => l - top - Math.log(mass));
          const entropy = -logs.reduce((sum, l) => sum + Math.exp(l) * l, 0);
          mustAgree("log-probability", [got[4 * row]], [logs[picks[row]]]);
          mustAgree("entropy", [got[4 * row + 1]], [entropy]);
        }
      },
      amount: 2 * ROWS * hidden * columns,
      tensors: [shard.tensor, targets, logits, state, stats],
    };
  });
}

function rmsNorm({ name, hidden }: Model): BenchTask {
  const rows = 512;
  return kernelTask("rms norm", `${name}, ${rows}×${hidden}`, "GB/s", (gpu, upload) => {
    const [xs, ws] = [normals(rows * hidden, 1, 1), normals(hidden, 1, 2)];
    const [x, weight] = [upload(xs, [rows, hidden]), upload(ws, [hidden])];
    const y = gpu.alloc([rows, hidden], "f32", "y", "scratch");
    const inv = gpu.alloc([rows], "f32", "inv", "scratch");
    const options = { real: hidden, eps: 1e-6, lanes: rowLanes(gpu.info) };
    return {
      record: (rec) => encodeRmsNorm(rec, { x, weight, y, inv }, options),
      check: async () =>
        mustAgree("rms norm", await gpu.readF32(y), rmsNormReference(xs, ws, hidden, 1e-6).y),
      amount: 8 * rows * hidden,
      tensors: [y, inv],
      repeats: 4,
    };
  });
}

function adamw({ name, adapter }: Model): BenchTask {
  return kernelTask("AdamW", `${name}, ${adapter} parameters of rank 8`, "GB/s", (gpu, upload) => {
    const [param, grad] = [normals(adapter, 1, 1), normals(adapter, 1, 2)];
    const status = [1, 1, 0.5, 1];
    const t = {
      param: upload(param, [adapter]),
      grad: upload(grad, [adapter]),
      first: upload(new Float32Array(adapter), [adapter]),
      second: upload(new Float32Array(adapter), [adapter]),
      status: upload(Float32Array.from(status), [4]),
    };
    const settings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
    const step = { ...settings, correction1: 0.1, correction2: 0.001 };
    return {
      record: (rec) => encodeAdamW(rec, t, step),
      check: async () => {
        const zeros = () => new Float64Array(adapter);
        const state = { param: Float64Array.from(param), first: zeros(), second: zeros() };
        adamwReference(state, grad, status, step);
        mustAgree("AdamW", await gpu.readF32(t.param), state.param);
      },
      // Four values read and three written a parameter.
      amount: 28 * adapter,
      tensors: [],
    };
  });
}

export const KERNEL_TASKS: BenchTask[] = [
  ...CEILINGS,
  ...products,
  ...MODELS.flatMap((model) => [
    linear(model.name, 2 * model.inner, model.hidden, "forward"),
    linear(model.name, 2 * model.inner, model.hidden, "dx"),
    loraPair(model),
    loraGradients(model),
    attention(model, false),
    attention(model, true),
    head(model, false),
    head(model, true),
    rmsNorm(model),
    adamw(model),
  ]),
];
