// transformers.js on WebGPU: forward pass and generate() on the shared model shape. It wants a model folder from a
// server; the page answers these requests itself, so nothing comes from the network.
import { DECODING, decodeShape, FORWARD, MODEL_SHAPE } from "../model";
import { DECODE, prompts, SHAPE, TOKENS, tokens } from "../shape";
import type { BenchTask } from "../task";
import { decoderFile } from "./decoder";
import { modelTask, wrongLogits, wrongTokens } from "./shared";

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
const FILES: Record<string, () => BodyInit> = {
  "config.json": () => JSON.stringify(CONFIG),
  "generation_config.json": () => "{}",
  "onnx/model.onnx": decoderFile,
};

interface Tensor {
  data: ArrayLike<number>;
  dispose?(): void;
}
type Inputs = Record<"input_ids" | "attention_mask", Tensor>;
interface Model {
  (inputs: Inputs): Promise<{ logits: Tensor; past_key_values?: Record<string, Tensor> }>;
  generate(options: object): Promise<{ data: ArrayLike<number | bigint> }>;
}
interface Transformers {
  AutoModelForCausalLM: { from_pretrained(name: string, options: object): Promise<Model> };
  Tensor: new (dtype: string, values: BigInt64Array, dims: number[]) => Tensor;
  env: { version: string; backends: { onnx: { wasm: { wasmPaths: string; numThreads: number } } } };
}

function answer(request: RequestInfo | URL): Promise<Response> {
  const { pathname } = new URL(request instanceof Request ? request.url : request, location.href);
  if (!pathname.startsWith(FOLDER)) return fetch(request);
  const make = FILES[pathname.slice(`${FOLDER}seeded/`.length)];
  return Promise.resolve(make ? new Response(make()) : new Response(null, { status: 404 }));
}

/** Tasks of transformers.js; `base` is where the peers' packages are served. */
export async function transformersTasks(base: string): Promise<BenchTask[]> {
  const own = `${base}@huggingface/transformers/`;
  const url = `${own}dist/transformers.min.js`;
  const { AutoModelForCausalLM, env, Tensor } = (await import(/* @vite-ignore */ url)) as Transformers;
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
  let opened: Promise<Model> | null = null;
  const open = () =>
    (opened ??= AutoModelForCausalLM.from_pretrained("seeded", { device: "webgpu", dtype: "fp32" }));
  const inputs = (ids: Int32Array, rows: number, length: number): Inputs => ({
    input_ids: new Tensor("int64", BigInt64Array.from(ids, BigInt), [rows, length]),
    attention_mask: new Tensor("int64", new BigInt64Array(rows * length).fill(1n), [rows, length]),
  });
  const forward = async () => {
    const model = await open();
    const { logits, past_key_values, ...rest } = await model(
      inputs(tokens().inputs, SHAPE.batch, SHAPE.context),
    );
    const past: Record<string, Tensor> = past_key_values ?? rest;
    for (const tensor of Object.values(past)) tensor.dispose?.();
    return logits.data;
  };
  /** New tokens [sequences × fresh]. */
  const generate = async (settings: object) => {
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
  const impl = `transformers.js ${env.version} webgpu`;
  // Each check does the work once, so that nothing is left to warm up.
  return [
    modelTask({ impl, task: FORWARD, shape: MODEL_SHAPE }, async () => ({
      ...wrongLogits(await forward()),
      tokens: TOKENS,
      work: forward,
    })),
    modelTask({ impl, task: DECODING, shape: decodeShape(sequences) }, async (gpu) => ({
      ...(await wrongTokens(gpu, await generate({ do_sample: false }))),
      tokens: sequences * fresh,
      work: () => generate({ do_sample: true, temperature: 1, top_k: 0 }),
    })),
  ];
}
