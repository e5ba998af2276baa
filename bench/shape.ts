// The model shape on which engines are compared: that of the built-in model, with seeded f32 weights, adapter and
// batch, and the numbers that PyTorch with PEFT gives for them. Matrices are [in, out] here, and transposed for our
// engine.
import { memorySource } from "../src/data/files";
import type { TensorEntry } from "../src/data/safetensors";
import {
  LINEARS,
  PLAIN,
  type AdapterConfig,
  type DecoderConfig,
  type LinearName,
} from "../src/families/config";
import type { AdapterState } from "../src/model/engine";
import type { LoadedModel } from "../src/model/weightTypes";
import { normals, transposed, uniforms } from "./seeded";

export const SHAPE = {
  layers: 4,
  width: 160,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  inner: 384,
  vocab: 640,
  context: 128,
  batch: 4,
  theta: 10_000,
  eps: 1e-6,
} as const;
export const TOKENS = SHAPE.batch * SHAPE.context;
export const DECODE = { sequences: 8, prompt: 16, fresh: 32 } as const;
export const LORA = {
  rank: 8,
  alpha: 16,
  rate: 2e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 1,
} as const;

/** What a right implementation gives; entropies in nats, the mean over each sample. */
export const EXPECTED = {
  logit0: 0.384985,
  logit777: 0.1215732,
  lastLogit: -0.4667034,
  entropies: [6.428619, 6.428316, 6.428878, 6.428663],
  losses: [6.49888, 6.429572, 6.344914, 6.259289, 6.179263],
} as const;

const { layers, width, heads, kvHeads, headDim, inner, vocab, context, batch } = SHAPE;
/** Short names, [in, out]. */
export const MATRICES: Record<string, readonly [number, number]> = {
  q: [width, heads * headDim],
  k: [width, kvHeads * headDim],
  v: [width, kvHeads * headDim],
  o: [heads * headDim, width],
  gate: [width, inner],
  up: [width, inner],
  down: [inner, width],
};
const FULL_NAME: Record<string, LinearName> = Object.fromEntries(LINEARS.map((n) => [n.split("_")[0], n]));
const block = (name: string): string => ("qkvo".includes(name) ? "self_attn" : "mlp");

export interface Weight {
  shape: readonly number[];
  values: Float32Array;
}

let made: Map<string, Weight> | null = null;
/** embed, then norm1, qNorm, kNorm, norm2 and the matrices of each layer (`norm1.0`, `q.0`, …), then norm. */
export function weights(): Map<string, Weight> {
  if (made) return made;
  made = new Map();
  let seed = 1000;
  const draw = (name: string, shape: readonly number[], deviation: number) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = shape.length === 1 ? new Float32Array(count).fill(1) : normals(count, deviation, seed);
    seed++;
    made!.set(name, { shape, values });
  };
  draw("embed", [vocab, width], 0.02);
  for (let l = 0; l < layers; l++) {
    draw(`norm1.${l}`, [width], 1);
    draw(`qNorm.${l}`, [headDim], 1);
    draw(`kNorm.${l}`, [headDim], 1);
    draw(`norm2.${l}`, [width], 1);
    for (const [name, shape] of Object.entries(MATRICES))
      draw(`${name}.${l}`, shape, name === "o" || name === "down" ? 0.02 / Math.sqrt(2 * layers) : 0.05);
  }
  draw("norm", [width], 1);
  return made;
}

/** `a` [in, rank] and zero `b` [rank, out] of every matrix, layer by layer. */
export function adapterStart(): Map<string, { a: Weight; b: Weight }> {
  const out = new Map<string, { a: Weight; b: Weight }>();
  let seed = 5000;
  for (let l = 0; l < layers; l++) {
    for (const [name, [from, to]] of Object.entries(MATRICES)) {
      const { rank } = LORA;
      out.set(`${name}.${l}`, {
        a: { shape: [from, rank], values: normals(from * rank, 0.02, seed++) },
        b: { shape: [rank, to], values: new Float32Array(rank * to) },
      });
    }
  }
  return out;
}

/** Tokens and the token after each, [batch × context]. */
export function tokens(): { inputs: Int32Array; targets: Int32Array } {
  const next = uniforms(77);
  const token = () => Math.floor(next() * vocab);
  const inputs = new Int32Array(TOKENS);
  const targets = new Int32Array(TOKENS);
  for (let b = 0; b < batch; b++) {
    let current = token();
    for (let t = 0; t < context; t++) {
      inputs[b * context + t] = current;
      current = token();
      targets[b * context + t] = current;
    }
  }
  return { inputs, targets };
}

/** Prompts of the decode tasks, [sequences × prompt]. */
export function prompts(sequences: number = DECODE.sequences): Int32Array {
  const next = uniforms(99);
  return Int32Array.from({ length: sequences * DECODE.prompt }, () => Math.floor(next() * vocab));
}

export const CONFIG: DecoderConfig = {
  architecture: "qwen3",
  vocab,
  hidden: width,
  layers,
  intermediate: inner,
  heads,
  kvHeads,
  headDim,
  rmsEps: SHAPE.eps,
  ropeTheta: SHAPE.theta,
  ropeScaling: null,
  ...PLAIN,
  qkNorm: true,
  qkvBias: false,
  tiedHead: true,
  maxPosition: 512,
  eosTokenIds: [],
};
export const ADAPTER: AdapterConfig = {
  rank: LORA.rank,
  alpha: LORA.alpha,
  targets: [...LINEARS],
  useRslora: false,
  layers: null,
};

/** The seeded model as our engine loads it. */
export function seededModel(): LoadedModel {
  const tensors = new Map<string, TensorEntry>();
  const put = (name: string, shape: readonly number[], values: Float32Array) => {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    const source = memorySource(name, bytes);
    tensors.set(name, { name, dtype: "F32", shape: [...shape], source, offset: 0, bytes: bytes.byteLength });
  };
  const plain: Record<string, string> = {
    norm1: "input_layernorm",
    norm2: "post_attention_layernorm",
    qNorm: "self_attn.q_norm",
    kNorm: "self_attn.k_norm",
  };
  for (const [key, { shape, values }] of weights()) {
    const [name, layer] = key.split(".");
    if (key === "embed") put("model.embed_tokens.weight", shape, values);
    else if (key === "norm") put("model.norm.weight", shape, values);
    else if (plain[name]) put(`model.layers.${layer}.${plain[name]}.weight`, shape, values);
    else
      put(
        `model.layers.${layer}.${block(name)}.${FULL_NAME[name]}.weight`,
        [shape[1], shape[0]],
        transposed(values, shape[0], shape[1]),
      );
  }
  return { name: "seeded", config: CONFIG, tensors };
}

/** adapterStart() under PEFT names. */
export function adapterState(): AdapterState {
  const state: AdapterState = new Map();
  for (const [key, { a, b }] of adapterStart()) {
    const [name, layer] = key.split(".");
    const path = `base_model.model.model.layers.${layer}.${block(name)}.${FULL_NAME[name]}`;
    const turned = (w: Weight) => ({
      shape: [w.shape[1], w.shape[0]] as [number, number],
      values: transposed(w.values, w.shape[0], w.shape[1]),
    });
    state.set(`${path}.lora_A.weight`, turned(a));
    state.set(`${path}.lora_B.weight`, turned(b));
  }
  return state;
}
