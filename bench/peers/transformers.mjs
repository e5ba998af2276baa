// transformers.js on WebGPU: forward pass and generate() on the shared model shape. It wants a model folder from a
// server; the page answers these requests itself, so nothing comes from the network.
import { relativeError } from "../task";
import { DECODE, EXPECTED, prompts, SHAPE, TOKENS, tokens } from "../shape";
import { DECODING, decodeShape, FORWARD, greedyTokens, MODEL_SHAPE } from "../model";
import { decoderFile } from "./decoder";

const RIGHT = 1e-4;
/** Of the greedily decoded tokens: a near tie may fall either way. */
const RIGHT_TOKENS = 0.95;
const FOLDER = "/seeded-models/";
const { sequences, prompt, fresh } = DECODE;

const CONFIG = {
  architectures: ["Qwen3ForCausalLM"],
  model_type: "qwen3",
  hidden_size: SHAPE.width,
  num_hidden_layers: SHAPE.layers,
  num_attention_heads: SHAPE.heads,
  num_key_value_heads: SHAPE.kvHeads,
  head_dim: SHAPE.headDim,
  intermediate_size: SHAPE.inner,
  vocab_size: SHAPE.vocab,
  max_position_embeddings: 256,
  rms_norm_eps: SHAPE.eps,
  rope_theta: SHAPE.theta,
  tie_word_embeddings: true,
  hidden_act: "silu",
};

/** The folder's files, by name. */
const FILES = {
  "config.json": () => JSON.stringify(CONFIG),
  "generation_config.json": () => "{}",
  "onnx/model.onnx": decoderFile,
};

function answer(request) {
  const { pathname } = new URL(String(request), location.href);
  if (!pathname.startsWith(FOLDER)) return fetch(request);
  const make = FILES[pathname.slice(`${FOLDER}seeded/`.length)];
  return Promise.resolve(make ? new Response(make()) : new Response(null, { status: 404 }));
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export async function transformersTasks(base) {
  const own = `${base}@huggingface/transformers/`;
  const { AutoModelForCausalLM, env, Tensor } = await import(
    /* @vite-ignore */ `${own}dist/transformers.min.js`
  );
  Object.assign(env, {
    allowRemoteModels: false,
    allowLocalModels: true,
    localModelPath: FOLDER,
    useBrowserCache: false,
    useWasmCache: false,
    fetch: answer,
  });
  env.backends.onnx.wasm.wasmPaths = `${own}node_modules/onnxruntime-web/dist/`;
  env.backends.onnx.wasm.numThreads = 1;
  let opened = null;
  const open = () =>
    (opened ??= AutoModelForCausalLM.from_pretrained("seeded", { device: "webgpu", dtype: "fp32" }));
  const inputs = (ids, rows, length) => ({
    input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [rows, length]),
    attention_mask: new Tensor("int64", new BigInt64Array(rows * length).fill(1n), [rows, length]),
  });
  const forward = async () => {
    const model = await open();
    const { logits, ...past } = await model(inputs(tokens().inputs, SHAPE.batch, SHAPE.context));
    for (const tensor of Object.values(past.past_key_values ?? past)) tensor.dispose?.();
    return logits.data;
  };
  /** New tokens [sequences × fresh]. */
  const generate = async (settings) => {
    const model = await open();
    const made = await model.generate({
      ...inputs(prompts(), sequences, prompt),
      max_new_tokens: fresh,
      min_new_tokens: fresh,
      ...settings,
    });
    const all = Array.from(made.data, Number);
    if (all.length !== sequences * (prompt + fresh)) throw new Error(`it gave ${all.length} tokens`);
    return all.filter((_, i) => i % (prompt + fresh) >= prompt);
  };
  const wrongForward = async () => {
    const logits = await forward();
    const got = [logits[0], logits[777], logits[logits.length - 1]];
    const error = relativeError(got, [EXPECTED.logit0, EXPECTED.logit777, EXPECTED.lastLogit]);
    return error > RIGHT ? `logits 0, 777 and last are ${got.map((g) => g.toFixed(4)).join(", ")}` : null;
  };
  const wrongDecode = async (gpu) => {
    const want = await greedyTokens(gpu);
    const got = await generate({ do_sample: false });
    const same = got.filter((token, i) => token === want[i]).length;
    return same < RIGHT_TOKENS * want.length
      ? `${same} of ${want.length} greedy tokens are the reference's`
      : null;
  };
  const task = (name, shape, count, work, check) => ({
    suite: "model",
    task: name,
    shape,
    impl: `transformers.js ${env.version} webgpu`,
    unit: "tokens/s",
    async prepare(gpu) {
      // The check does the work once, so that nothing is left to warm up.
      const wrong = await check(gpu);
      return {
        ...(wrong === null ? {} : { wrong }),
        measure: async () => count / (await timed(work)),
        dispose: () => {},
      };
    },
  });
  const sampled = { do_sample: true, temperature: 1, top_k: 0 };
  return [
    task(FORWARD, MODEL_SHAPE, TOKENS, forward, wrongForward),
    task(DECODING, decodeShape(sequences), sequences * fresh, () => generate(sampled), wrongDecode),
  ];
}
