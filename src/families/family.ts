// The interface of a model family: its tensor names, norms, biases, activation and special settings. Everything in
// which families differ is in such a record; loaders, memory planner, uploader and the forward and backward passes
// read it.
import type { DecoderConfig, DecoderTraits, LinearName } from "./config";

/** Norms of a block by what they norm: the inputs and outputs of attention and MLP, and each head's queries and keys. */
export const NORMS = ["attentionIn", "attentionOut", "mlpIn", "mlpOut", "q", "k"] as const;
export type NormRole = (typeof NORMS)[number];

/** The gate's function: its output times the up projection goes into the down projection. */
export type Activation = "silu" | "gelu_tanh";

/** Settings of a model file: `config.json` by its keys, GGUF metadata by its keys behind the architecture's name. */
export interface Settings {
  /** What the file says; undefined where the key is missing or null. */
  value(key: string): unknown;
  /** A whole number from 1 to `most`; `otherwise` where the key is missing. @throws LabError "model" */
  whole(key: string, most: number, otherwise?: number): number;
  /** A number above 0 and up to `most`; `otherwise` where the key is missing. @throws LabError "model" */
  positive(key: string, most: number, otherwise?: number): number;
  /** @throws LabError "model": what the key says, and why it cannot be used. */
  refuse(key: string, why: string): never;
}

/** What of the shape a family's own settings depend on. */
export interface Sizes {
  layers: number;
  headDim: number;
  hidden: number;
}

export interface Family {
  /** As run logs and the page name it. */
  name: string;
  /** The published models, for the sentence that says what is supported. */
  models: string;
  /** `architectures` and `model_type` of config.json, and its key of the activation with the value that is meant. */
  hub: { className: string; modelType: string; activation: readonly [key: string, value: string] };
  /** `general.architecture` of GGUF; whether llama.cpp interleaves the halves of each head of q and k. */
  gguf: { architecture: string; interleaved: boolean };
  /** The norms of a block: their names behind `model.layers.N.` in Hugging Face files and behind `blk.N.` in GGUF. */
  norms: Readonly<Partial<Record<NormRole, readonly [hub: string, gguf: string]>>>;
  /** Linears with a bias. */
  biased: readonly LinearName[];
  activation: Activation;
  /** What a file of this family says beyond what all decoders have. @throws LabError "model" for what cannot be computed. */
  fromHub(settings: Settings, sizes: Sizes): Partial<DecoderTraits>;
  fromGguf(settings: Settings, sizes: Sizes): Partial<DecoderTraits>;
  /** The way back: what config.json needs beyond what all decoders have. Absent: nothing. */
  toHub?(config: DecoderConfig): Record<string, unknown>;
}

/** Norms before attention and MLP, under the names that most families have. */
export const PRE_NORMS = {
  attentionIn: ["input_layernorm", "attn_norm"],
  mlpIn: ["post_attention_layernorm", "ffn_norm"],
} as const;

/** A norm of each head's queries and keys, likewise. */
export const HEAD_NORMS = {
  q: ["self_attn.q_norm", "attn_q_norm"],
  k: ["self_attn.k_norm", "attn_k_norm"],
} as const;

/** `layer_types` of config.json as a list; undefined where there is none. */
export function layerTypes(settings: Settings): readonly unknown[] | undefined {
  const types = settings.value("layer_types");
  return types === undefined || Array.isArray(types) ? types : [types];
}

/** For families whose every layer sees everything; they have no settings of their own. */
export function fullAttentionOnly(settings: Settings): Record<string, never> {
  if (layerTypes(settings)?.some((type) => type !== "full_attention"))
    settings.refuse("layer_types", "only full attention is supported");
  return {};
}

/** Qwen's windows, which the published models have switched off: layers from `max_window_layers` on would have them. */
export function noWindow(settings: Settings, { layers }: Sizes): Record<string, never> {
  const none = fullAttentionOnly(settings);
  if (layerTypes(settings) || settings.value("use_sliding_window") !== true) return none;
  const from = settings.value("max_window_layers") ?? 28;
  if (settings.value("sliding_window") !== undefined && typeof from === "number" && from < layers)
    settings.refuse("sliding_window", "sliding-window attention is not supported");
  return none;
}

/** The same in GGUF. */
export function noGgufWindow(settings: Settings): Record<string, never> {
  const window = settings.value("attention.sliding_window");
  if (typeof window === "number" && window > 0)
    settings.refuse("attention.sliding_window", "sliding-window attention is not supported");
  return {};
}
