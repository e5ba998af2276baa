// Gemma 3, text models (270M and 1B). What is special: norms before and after attention and MLP and on each head's
// queries and keys, all multiplying by 1 + w; the tanh form of GELU; embeddings scaled by √C, while the output head
// uses the same matrix unscaled; most layers attend to a sliding window only and have a rotary base of their own.
import { HEAD_NORMS, layerTypes, type Family, type Settings } from "../family";

type Json = Readonly<Record<string, unknown>>;

const GLOBAL_BASE = 1e6;
const LOCAL_BASE = 1e4;

const gemma3: Family = {
  name: "gemma3",
  models: "Gemma 3 (text)",
  hub: {
    className: "Gemma3ForCausalLM",
    modelType: "gemma3_text",
    activation: ["hidden_activation", "gelu_pytorch_tanh"],
  },
  gguf: { architecture: "gemma3", interleaved: false },
  norms: {
    attentionIn: ["input_layernorm", "attn_norm"],
    attentionOut: ["post_attention_layernorm", "post_attention_norm"],
    mlpIn: ["pre_feedforward_layernorm", "ffn_norm"],
    mlpOut: ["post_feedforward_layernorm", "post_ffw_norm"],
    ...HEAD_NORMS,
  },
  biased: [],
  activation: "gelu_tanh",

  fromHub: (settings, { layers, hidden }) => {
    noSoftCaps(settings, ["attn_logit_softcapping", "final_logit_softcapping"]);
    if (settings.value("use_bidirectional_attention") === true)
      settings.refuse("use_bidirectional_attention", "a row of a decoder sees no later ones");
    if (settings.value("rope_scaling") !== undefined)
      settings.refuse(
        "rope_scaling",
        "scaled rotary positions of this family (4B and larger) are not supported",
      );
    const types =
      layerTypes(settings) ??
      everyNth(settings.whole("sliding_window_pattern", 512, 6), layers).map((slides) =>
        slides ? "sliding_attention" : "full_attention",
      );
    const known = types.every((type) => type === "sliding_attention" || type === "full_attention");
    if (!known || types.length !== layers)
      settings.refuse(
        "layer_types",
        `sliding_attention or full_attention is expected for each of ${layers} layers`,
      );
    return {
      // In f32, as transformers has it for a model in f32; in bf16 it would round √640 to 25.25.
      embedScale: Math.sqrt(hidden),
      attentionScale: 1 / Math.sqrt(settings.positive("query_pre_attn_scalar", 1e6, 256)),
      normShift: 1,
      tiedHead: settings.value("tie_word_embeddings") !== false,
      ropeTheta: base(settings, "full_attention", "rope_theta", GLOBAL_BASE),
      ropeScaling: null,
      sliding: {
        size: settings.whole("sliding_window", 2 ** 31, 4096),
        layers: types.map((type) => type === "sliding_attention"),
        ropeTheta: base(settings, "sliding_attention", "rope_local_base_freq", LOCAL_BASE),
      },
    };
  },

  fromGguf: (settings, { layers, hidden }) => {
    noSoftCaps(settings, ["attn_logit_softcapping", "final_logit_softcapping"]);
    return {
      embedScale: Math.sqrt(hidden),
      // llama.cpp's converter has added the 1 already, and its scale of scores is 1/√D.
      normShift: 0,
      ropeTheta: settings.positive("rope.freq_base", 1e12, GLOBAL_BASE),
      sliding: {
        size: settings.whole("attention.sliding_window", 2 ** 31),
        layers: everyNth(settings.whole("attention.sliding_window_pattern", 512, 6), layers),
        ropeTheta: settings.positive("rope.freq_base_swa", 1e12, LOCAL_BASE),
      },
    };
  },

  toHub: ({ attentionScale, headDim, sliding }) => ({
    query_pre_attn_scalar: attentionScale === null ? headDim : Math.round(attentionScale ** -2),
    ...(sliding && {
      sliding_window: sliding.size,
      layer_types: sliding.layers.map((slides) => (slides ? "sliding_attention" : "full_attention")),
      rope_local_base_freq: sliding.ropeTheta,
    }),
  }),
};

/** Every `period`th layer has full attention, the others the window. */
const everyNth = (period: number, layers: number): boolean[] =>
  Array.from({ length: layers }, (_, layer) => (layer + 1) % period !== 0);

function noSoftCaps(settings: Settings, keys: readonly string[]): void {
  const key = keys.find((name) => settings.value(name) !== undefined);
  if (key) settings.refuse(key, "capped logits are not supported");
}

/** The rotary base of one kind of layer: transformers 5 nests it by kind, before it had a key of its own. */
function base(settings: Settings, kind: string, key: string, otherwise: number): number {
  const nested = settings.value("rope_parameters") as Json | undefined;
  if (nested === undefined) return settings.positive(key, 1e12, otherwise);
  const { rope_type: type = "default", rope_theta: theta = otherwise } = (nested[kind] ?? {}) as Json;
  if (type !== "default" || typeof theta !== "number" || !(theta > 0 && theta <= 1e12))
    return settings.refuse("rope_parameters", `a plain rope_theta is expected for ${kind}`);
  return theta;
}

export default gemma3;
