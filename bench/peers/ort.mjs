// onnxruntime-web on WebGPU: matmuls, and forward pass and cached decoding of the shared model shape.
import { flops, operands, productError, productName, PRODUCTS, RIGHT_PRODUCT, uniforms } from "../seeded";
import { DECODE, EXPECTED, prompts, SHAPE, TOKENS, tokens } from "../shape";
import { DECODING, decodeShape, FORWARD, greedyTokens, MODEL_SHAPE } from "../model";
import { relativeError } from "../task";
import { decoderFile } from "./decoder";
import { file, node, value } from "./onnx";

const RIGHT = 1e-4;
/** Of the greedily decoded tokens: a near tie may fall either way. */
const RIGHT_TOKENS = 0.95;
const { layers, kvHeads, headDim, vocab, context, batch } = SHAPE;

export async function ortTasks(base) {
  const ort = await import(/* @vite-ignore */ `${base}onnxruntime-web/dist/ort.webgpu.bundle.min.mjs`);
  ort.env.wasm.wasmPaths = `${base}onnxruntime-web/dist/`;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const impl = `onnxruntime-web ${ort.env.versions.web} webgpu`;
  const open = (bytes, outputs) =>
    ort.InferenceSession.create(bytes, {
      executionProviders: ["webgpu"],
      preferredOutputLocation: outputs,
    });
  const timed = async (work) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };

  const products = PRODUCTS.map((product) => ({
    suite: "kernels",
    task: "matmul f32",
    shape: productName(product),
    impl,
    unit: "GFLOP/s",
    async prepare() {
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
      const place = (data, dims) => {
        const buffer = device.createBuffer({ size: data.byteLength, usage: 0x80 | 0x4 | 0x8 });
        device.queue.writeBuffer(buffer, 0, data);
        return ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims });
      };
      const values = operands(product);
      const feeds = { a: place(values.a, [m, k]), b: place(values.b, [k, n]) };
      const first = await session.run(feeds);
      const error = productError(product, await first.c.getData(true));
      return {
        ...(error > RIGHT_PRODUCT ? { wrong: `off by ${error.toExponential(1)} · √K` } : {}),
        measure: async () => {
          const s = await timed(async () => {
            const { c } = await session.run(feeds);
            await device.queue.onSubmittedWorkDone();
            c.dispose();
          });
          return flops(product) / s / 1e9;
        },
        dispose: () => void session.release(),
      };
    },
  }));

  const names = Array.from({ length: layers }, (_, l) => [`${l}.key`, `${l}.value`]).flat();
  let opened = null;
  const session = () =>
    (opened ??= open(decoderFile(), {
      logits: "cpu",
      ...Object.fromEntries(names.map((name) => [`present.${name}`, "gpu-buffer"])),
    }));
  const int64 = (values, dims) => new ort.Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  const emptyPast = (rows) =>
    Object.fromEntries(
      names.map((name) => [
        `past_key_values.${name}`,
        new ort.Tensor("float32", new Float32Array(0), [rows, kvHeads, 0, headDim]),
      ]),
    );
  /** One call; gives logits and the past of the next call, and drops the old past. */
  const advance = async (ids, rows, length, past, seen) => {
    const results = await (
      await session()
    ).run({
      input_ids: int64(ids, [rows, length]),
      attention_mask: int64(new Uint8Array(rows * (seen + length)).fill(1), [rows, seen + length]),
      ...past,
    });
    for (const tensor of Object.values(past)) tensor.dispose();
    const next = Object.fromEntries(
      names.map((name) => [`past_key_values.${name}`, results[`present.${name}`]]),
    );
    return { logits: results.logits.data, past: next };
  };
  const drop = (past) => Object.values(past).forEach((tensor) => tensor.dispose());
  /** A token a row by its probability. */
  const sample = (logits, rows, length, next) =>
    Int32Array.from({ length: rows }, (_, row) => {
      const own = logits.subarray((row * length + length - 1) * vocab, (row + 1) * length * vocab);
      const top = own.reduce((a, b) => Math.max(a, b), -Infinity);
      let rest = next() * own.reduce((sum, l) => sum + Math.exp(l - top), 0);
      const at = own.findIndex((l) => (rest -= Math.exp(l - top)) < 0);
      return at < 0 ? vocab - 1 : at;
    });
  const forwardOnce = async () => {
    const { logits, past } = await advance(tokens().inputs, batch, context, emptyPast(batch), 0);
    drop(past);
    return logits;
  };
  /** The most probable token a row. */
  const largest = (logits, rows, length) =>
    Int32Array.from({ length: rows }, (_, row) => {
      const own = logits.subarray((row * length + length - 1) * vocab, (row + 1) * length * vocab);
      return own.reduce((best, l, i) => (l > own[best] ? i : best), 0);
    });
  /** Tokens of every sequence, one sequence after another. */
  const decodeOnce = async (pick = sample) => {
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
  const wrongTokens = async (gpu) => {
    const want = await greedyTokens(gpu);
    const got = await decodeOnce(largest);
    const same = got.filter((token, i) => token === want[i]).length;
    return same < RIGHT_TOKENS * want.length
      ? { wrong: `${same} of ${want.length} greedy tokens are the reference's` }
      : {};
  };
  const wrongLogits = async () => {
    const logits = await forwardOnce();
    const got = [logits[0], logits[777], logits[logits.length - 1]];
    const error = relativeError(got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit]);
    return error > RIGHT
      ? { wrong: `logits 0, 777 and last are ${got.map((g) => g.toFixed(4)).join(", ")}` }
      : {};
  };
  const modelTask = (task, shape, count, work, check) => ({
    suite: "model",
    task,
    shape,
    impl,
    unit: "tokens/s",
    async prepare(gpu) {
      const wrong = await check(gpu);
      await work();
      return { ...wrong, measure: async () => count / (await timed(work)), dispose: () => {} };
    },
  });
  return [
    ...products,
    modelTask(FORWARD, MODEL_SHAPE, TOKENS, forwardOnce, wrongLogits),
    modelTask(
      DECODING,
      decodeShape(DECODE.sequences),
      DECODE.sequences * DECODE.fresh,
      () => decodeOnce(),
      wrongTokens,
    ),
  ];
}
