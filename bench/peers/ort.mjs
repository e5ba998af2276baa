// onnxruntime-web on WebGPU: plain matmuls, and forward and cached decoding of the common shape. The graph is a decoder
// with past keys and values, attention by its own fused GroupQueryAttention, as exporters write it.
import {
  flops,
  operands,
  productError,
  productName,
  PRODUCTS,
  RIGHT_PRODUCT,
  transposed,
  uniforms,
} from "../seeded";
import { DECODE, EXPECTED, prompts, SHAPE, TOKENS, tokens, weights } from "../shape";
import { DECODING, decodeShape, FORWARD, MODEL_SHAPE } from "../model";
import { relativeError } from "../task";
import { constant, file, node, TYPES, value } from "./onnx.mjs";

const RIGHT = 1e-4;
const MICROSOFT = "com.microsoft";
const { layers, width, heads, kvHeads, headDim, vocab, context, batch, eps, theta } = SHAPE;
const POSITIONS = 256;

function decoderFile() {
  const nodes = [];
  const constants = [];
  let made = 0;
  const put = (name, shape, data) => (constants.push(constant(name, shape, data)), name);
  const op = (kind, inputs, attributes, domain) => {
    const out = `v${made++}`;
    nodes.push(node(kind, inputs, [out], attributes, domain));
    return out;
  };
  for (const [name, { shape, values }] of weights()) put(name, shape, values);
  put("head", [width, vocab], transposed(weights().get("embed").values, vocab, width));
  const half = headDim / 2;
  const angle = (i) => Math.floor(i / half) / theta ** ((2 * (i % half)) / headDim);
  put(
    "cos",
    [POSITIONS, half],
    Float32Array.from({ length: POSITIONS * half }, (_, i) => Math.cos(angle(i))),
  );
  put(
    "sin",
    [POSITIONS, half],
    Float32Array.from({ length: POSITIONS * half }, (_, i) => Math.sin(angle(i))),
  );
  const shapeOf = (name, ...sizes) => put(name, [sizes.length], BigInt64Array.from(sizes.map(BigInt)));
  shapeOf("axis", 1);
  shapeOf("perHead", 0, -1, headDim);
  shapeOf("queryRow", 0, -1, heads * headDim);
  shapeOf("keyRow", 0, -1, kvHeads * headDim);
  put("one", [], BigInt64Array.of(1n));
  const norm = (x, gain) =>
    op("SimplifiedLayerNormalization", [x, gain], { axis: -1, epsilon: { float: eps }, stash_type: 1 });
  const headNorm = (x, gain, back) => op("Reshape", [norm(op("Reshape", [x, "perHead"]), gain), back]);
  const linear = (x, name) => op("MatMul", [x, name]);
  const lengths = op(
    "Cast",
    [op("Sub", [op("ReduceSum", ["attention_mask", "axis"], { keepdims: 0 }), "one"])],
    {
      to: TYPES.int32,
    },
  );
  const total = op("Cast", [op("Gather", [op("Shape", ["attention_mask"]), "one"], { axis: 0 })], {
    to: TYPES.int32,
  });
  let x = op("Gather", ["embed", "input_ids"], { axis: 0 });
  for (let l = 0; l < layers; l++) {
    const inner = norm(x, `norm1.${l}`);
    const attended = `attended${l}`;
    nodes.push(
      node(
        "GroupQueryAttention",
        [
          headNorm(linear(inner, `q.${l}`), `qNorm.${l}`, "queryRow"),
          headNorm(linear(inner, `k.${l}`), `kNorm.${l}`, "keyRow"),
          linear(inner, `v.${l}`),
          `past.${l}.key`,
          `past.${l}.value`,
          lengths,
          total,
          "cos",
          "sin",
        ],
        [attended, `present.${l}.key`, `present.${l}.value`],
        {
          num_heads: heads,
          kv_num_heads: kvHeads,
          do_rotary: 1,
          rotary_interleaved: 0,
          scale: { float: 1 / Math.sqrt(headDim) },
        },
        MICROSOFT,
      ),
    );
    x = op("Add", [x, linear(attended, `o.${l}`)]);
    const outer = norm(x, `norm2.${l}`);
    const gate = linear(outer, `gate.${l}`);
    const act = op("Mul", [op("Mul", [gate, op("Sigmoid", [gate])]), linear(outer, `up.${l}`)]);
    x = op("Add", [x, linear(act, `down.${l}`)]);
  }
  nodes.push(node("MatMul", [norm(x, "norm"), "head"], ["logits"]));
  const caches = (prefix, length) =>
    Array.from({ length: layers }, (_, l) =>
      ["key", "value"].map((part) => value(`${prefix}.${l}.${part}`, ["batch", kvHeads, length, headDim])),
    ).flat();
  return file({
    nodes,
    constants,
    inputs: [
      value("input_ids", ["batch", "sequence"], TYPES.int64),
      value("attention_mask", ["batch", "total"], TYPES.int64),
      ...caches("past", "past"),
    ],
    outputs: [value("logits", ["batch", "sequence", vocab]), ...caches("present", "total")],
  });
}

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
        `past.${name}`,
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
    const next = Object.fromEntries(names.map((name) => [`past.${name}`, results[`present.${name}`]]));
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
  const decodeOnce = async () => {
    const { sequences, prompt, fresh } = DECODE;
    const next = uniforms(5);
    let { logits, past } = await advance(prompts(), sequences, prompt, emptyPast(sequences), 0);
    let ids = sample(logits, sequences, prompt, next);
    for (let t = 1; t < fresh; t++) {
      ({ logits, past } = await advance(ids, sequences, 1, past, prompt + t - 1));
      ids = sample(logits, sequences, 1, next);
    }
    drop(past);
  };
  const wrongLogits = async () => {
    const logits = await forwardOnce();
    const got = [logits[0], logits[777], logits[logits.length - 1]];
    const error = relativeError(got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit]);
    return error > RIGHT
      ? { wrong: `logits 0, 777 and last are ${got.map((g) => g.toFixed(4)).join(", ")}` }
      : {};
  };
  const modelTask = (task, shape, count, work) => ({
    suite: "model",
    task,
    shape,
    impl,
    unit: "tokens/s",
    async prepare() {
      const wrong = await wrongLogits();
      await work();
      return { ...wrong, measure: async () => count / (await timed(work)), dispose: () => {} };
    },
  });
  return [
    ...products,
    modelTask(FORWARD, MODEL_SHAPE, TOKENS, forwardOnce),
    modelTask(DECODING, decodeShape(DECODE.sequences), DECODE.sequences * DECODE.fresh, decodeOnce),
  ];
}
