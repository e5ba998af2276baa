// onnxruntime-web on WebGPU: matmuls, and forward pass and cached decoding of the shared model shape.
import { DECODING, decodeShape, FORWARD, MODEL_SHAPE } from "../model";
import { PRODUCTS, uniforms } from "../seeded";
import { DECODE, prompts, SHAPE, TOKENS, tokens } from "../shape";
import type { BenchTask } from "../task";
import { decoderFile } from "./decoder";
import { file, node, value } from "./onnx";
import { modelTask, productTask, wrongLogits, wrongTokens } from "./shared";

const { layers, kvHeads, headDim, vocab, context, batch } = SHAPE;

interface Tensor {
  data: unknown;
  getData(release: boolean): Promise<Float32Array>;
  dispose(): void;
}
type Tensors = Record<string, Tensor>;
interface Session {
  run(feeds: Tensors): Promise<Tensors>;
  release(): Promise<void>;
}
interface Ort {
  env: {
    wasm: { wasmPaths: string; numThreads: number };
    logLevel: string;
    versions: { web: string };
    webgpu: { device: Promise<GPUDevice> };
  };
  InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  Tensor: {
    new (type: "int64" | "float32", values: BigInt64Array | Float32Array, dims: readonly number[]): Tensor;
    fromGpuBuffer(buffer: GPUBuffer, options: { dataType: "float32"; dims: readonly number[] }): Tensor;
  };
}

type Place = "cpu" | "gpu-buffer";
/** A token a row, out of the logits of its last position. */
type Picker = (logits: Float32Array, rows: number, length: number, next: () => number) => Int32Array;

const lastRow = (logits: Float32Array, row: number, length: number) =>
  logits.subarray((row * length + length - 1) * vocab, (row + 1) * length * vocab);

/** By its probability. */
const sample: Picker = (logits, rows, length, next) =>
  Int32Array.from({ length: rows }, (_, row) => {
    const own = lastRow(logits, row, length);
    const top = own.reduce((a, b) => Math.max(a, b), -Infinity);
    let rest = next() * own.reduce((sum, l) => sum + Math.exp(l - top), 0);
    const at = own.findIndex((l) => (rest -= Math.exp(l - top)) < 0);
    return at < 0 ? vocab - 1 : at;
  });

/** The most probable. */
const largest: Picker = (logits, rows, length) =>
  Int32Array.from({ length: rows }, (_, row) => {
    const own = lastRow(logits, row, length);
    return own.reduce((best, l, i) => (l > own[best] ? i : best), 0);
  });

/** Tasks of onnxruntime-web; `base` is where the peers' packages are served. */
export async function ortTasks(base: string): Promise<BenchTask[]> {
  const url = `${base}onnxruntime-web/dist/ort.webgpu.bundle.min.mjs`;
  const ort = (await import(/* @vite-ignore */ url)) as Ort;
  ort.env.wasm.wasmPaths = `${base}onnxruntime-web/dist/`;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const impl = `onnxruntime-web ${ort.env.versions.web} webgpu`;
  const open = (bytes: Uint8Array, outputs: Place | Record<string, Place>) =>
    ort.InferenceSession.create(bytes, {
      executionProviders: ["webgpu"],
      preferredOutputLocation: outputs,
    });

  const products = PRODUCTS.map((product) =>
    productTask(impl, product, async (left, right) => {
      const [m, k, n] = product;
      const session = await open(
        file({
          nodes: [node("MatMul", ["a", "b"], ["c"])],
          constants: [],
          inputs: [value("a", [m, k]), value("b", [k, n])],
          outputs: [value("c", [m, n])],
        }),
        "gpu-buffer",
      );
      const device = await ort.env.webgpu.device;
      const place = (data: Float32Array, dims: readonly number[]) => {
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
        const buffer = device.createBuffer({ size: data.byteLength, usage });
        device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
        return ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims });
      };
      const feeds = { a: place(left, [m, k]), b: place(right, [k, n]) };
      return {
        result: async () => (await session.run(feeds)).c.getData(true),
        async once() {
          const { c } = await session.run(feeds);
          await device.queue.onSubmittedWorkDone();
          c.dispose();
        },
        dispose: () => void session.release(),
      };
    }),
  );

  const names = Array.from({ length: layers }, (_, l) => [`${l}.key`, `${l}.value`]).flat();
  let opened: Promise<Session> | null = null;
  const session = () =>
    (opened ??= open(decoderFile(), {
      logits: "cpu",
      ...Object.fromEntries(names.map((name): [string, Place] => [`present.${name}`, "gpu-buffer"])),
    }));
  const int64 = (values: ArrayLike<number>, dims: readonly number[]) =>
    new ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  const emptyPast = (rows: number): Tensors =>
    Object.fromEntries(
      names.map((name) => [
        `past_key_values.${name}`,
        new ort.Tensor("float32", new Float32Array(0), [rows, kvHeads, 0, headDim]),
      ]),
    );
  const drop = (past: Tensors) => Object.values(past).forEach((tensor) => tensor.dispose());
  /** One call; gives logits and the past of the next call, and drops the old past. */
  const advance = async (ids: Int32Array, rows: number, length: number, past: Tensors, seen: number) => {
    const opened = await session();
    const results = await opened.run({
      input_ids: int64(ids, [rows, length]),
      attention_mask: int64(new Uint8Array(rows * (seen + length)).fill(1), [rows, seen + length]),
      ...past,
    });
    drop(past);
    const next: Tensors = Object.fromEntries(
      names.map((name) => [`past_key_values.${name}`, results[`present.${name}`]]),
    );
    return { logits: results.logits.data as Float32Array, past: next };
  };
  const forwardOnce = async () => {
    const { logits, past } = await advance(tokens().inputs, batch, context, emptyPast(batch), 0);
    drop(past);
    return logits;
  };
  /** Tokens of every sequence, one sequence after another. */
  const decodeOnce = async (pick: Picker) => {
    const { sequences, prompt, fresh } = DECODE;
    const next = uniforms(5);
    let { logits, past } = await advance(prompts(), sequences, prompt, emptyPast(sequences), 0);
    const steps = [pick(logits, sequences, prompt, next)];
    for (let t = 1; t < fresh; t++) {
      ({ logits, past } = await advance(steps[t - 1], sequences, 1, past, prompt + t - 1));
      steps.push(pick(logits, sequences, 1, next));
    }
    drop(past);
    return Array.from({ length: sequences }, (_, row) => steps.map((ids) => ids[row])).flat();
  };
  return [
    ...products,
    modelTask({ impl, task: FORWARD, shape: MODEL_SHAPE }, async () => ({
      ...wrongLogits(await forwardOnce()),
      tokens: TOKENS,
      work: forwardOnce,
    })),
    modelTask({ impl, task: DECODING, shape: decodeShape(DECODE.sequences) }, async (gpu) => ({
      ...(await wrongTokens(gpu, await decodeOnce(largest))),
      tokens: DECODE.sequences * DECODE.fresh,
      work: () => decodeOnce(sample),
    })),
  ];
}
