// The one decoder shape this engine knows: RMSNorm, rotary, grouped-query attention, SwiGLU (Llama family).

export interface RopeScaling {
  type: "llama3";
  factor: number;
  lowFreqFactor: number;
  highFreqFactor: number;
  originalMaxPosition: number;
}

/** Everything the forward pass needs to know; parsed from a hub `config.json` by data/modelConfig.ts. */
export interface DecoderConfig {
  /** As named by the file: qwen3, qwen2, llama. */
  architecture: "qwen3" | "qwen2" | "llama";
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
  ropeTheta: number;
  ropeScaling: RopeScaling | null;
  /** Per-head RMSNorm on q and k (Qwen3). */
  qkNorm: boolean;
  /** Bias on q, k, v (Qwen2). */
  qkvBias: boolean;
  tiedHead: boolean;
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

/** PEFT name → values, e.g. `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight`, f32. */
export type AdapterState = Map<string, { shape: [number, number]; values: Float32Array }>;

/** `layers.3.self_attn.q_proj`, as in HF files without the leading `model.`. */
export function modulePath(layer: number, name: LinearName): string {
  const block = name === "gate_proj" || name === "up_proj" || name === "down_proj" ? "mlp" : "self_attn";
  return `layers.${layer}.${block}.${name}`;
}
