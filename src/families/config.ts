// The numbers that describe any decoder, whatever its family: sizes, features, and the linear layers that can have
// an adapter.

export interface RopeScaling {
  type: "llama3";
  factor: number;
  lowFreqFactor: number;
  highFreqFactor: number;
  originalMaxPosition: number;
}

/** Layers whose attention is limited to a window of recent positions. */
export interface SlidingWindow {
  /** Positions a row sees, its own included. */
  size: number;
  /** By layer, whether it has the window; the others see everything. */
  layers: readonly boolean[];
  /** Rotary base of the layers with the window; theirs is never scaled. */
  ropeTheta: number;
}

/** Features in which a family may differ from most others. */
export interface DecoderTraits {
  ropeTheta: number;
  ropeScaling: RopeScaling | null;
  tiedHead: boolean;
  /** Factor of the embeddings at the input (not of the same matrix as output head). */
  embedScale: number;
  /** By what the scores of queries and keys are multiplied; null = 1/√D. */
  attentionScale: number | null;
  /** Added to every norm's weight as it is loaded: 1 where the file keeps w of 1 + w. */
  normShift: number;
  sliding: SlidingWindow | null;
}

/** The features of most families, which their files do not mention. */
export const PLAIN = { embedScale: 1, attentionScale: null, normShift: 0, sliding: null } as const;

/** Everything the forward pass needs to know; read from a model's own files by data/modelConfig.ts and data/gguf. */
export interface DecoderConfig extends DecoderTraits {
  /** The name of its family: see known/. */
  architecture: string;
  vocab: number;
  /** C */
  hidden: number;
  layers: number;
  /** MLP width. */
  intermediate: number;
  /** H query heads over `kvHeads` key/value heads of `headDim`. */
  heads: number;
  kvHeads: number;
  headDim: number;
  rmsEps: number;
  /** Per-head RMSNorm on q and k. */
  qkNorm: boolean;
  /** Bias on q, k, v. */
  qkvBias: boolean;
  maxPosition: number;
  /** From generation_config.json where present. */
  eosTokenIds: number[];
}

/** The seven linears an adapter may sit on, in the order of the forward pass. */
export const LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;
export type LinearName = (typeof LINEARS)[number];

/** [out, in] of a linear. */
export function linearShape(config: DecoderConfig, name: LinearName): [number, number] {
  const { hidden, intermediate, heads, kvHeads, headDim } = config;
  switch (name) {
    case "q_proj":
      return [heads * headDim, hidden];
    case "k_proj":
    case "v_proj":
      return [kvHeads * headDim, hidden];
    case "o_proj":
      return [hidden, heads * headDim];
    case "gate_proj":
    case "up_proj":
      return [intermediate, hidden];
    case "down_proj":
      return [hidden, intermediate];
  }
}

/** LoRA set-up, PEFT's names: y += alpha/r · (x Aᵀ) Bᵀ. */
export interface AdapterConfig {
  rank: number;
  alpha: number;
  targets: LinearName[];
  /** scale = alpha / √r instead of alpha / r. */
  useRslora: boolean;
  /** null = all layers. */
  layers: number[] | null;
}

/** What B·A·x is multiplied by. */
export function scaleOf({
  alpha,
  rank,
  useRslora,
}: Pick<AdapterConfig, "alpha" | "rank" | "useRslora">): number {
  return alpha / (useRslora ? Math.sqrt(rank) : rank);
}

/** PEFT name → values, e.g. `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`, f32. */
export type AdapterState = Map<string, { shape: [number, number]; values: Float32Array }>;

/** PEFT's name of a linear, before `.lora_A.weight` and `.lora_B.weight`. */
export const peftName = (layer: number, name: LinearName): string =>
  `base_model.model.model.${modulePath(layer, name)}`;

/** `layers.3.self_attn.q_proj`, as in HF files without the leading `model.`. */
export function modulePath(layer: number, name: LinearName): string {
  const block = name === "gate_proj" || name === "up_proj" || name === "down_proj" ? "mlp" : "self_attn";
  return `layers.${layer}.${block}.${name}`;
}
