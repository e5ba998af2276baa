// config.json of a model that was read from a GGUF file, which has none: the same shape in Hugging Face's keys.
import type { DecoderConfig } from "../../families/config";
import { familyOf } from "../../families/index";
import { LabError } from "../../lib/errors";
import { parseModelConfig } from "../modelConfig";

/**
 * @param dtype of most weights in the file that it goes with, in torch's word
 * @param ids token ids by their setting (`bos_token_id`, …)
 */
export function hubConfig(
  config: DecoderConfig,
  dtype: "float32" | "float16" | "bfloat16",
  ids: Readonly<Record<string, number>> = {},
): Record<string, unknown> {
  const family = familyOf(config);
  const [activation, name] = family.hub.activation;
  const { eosTokenIds, ropeScaling: scaling } = config;
  return {
    architectures: [family.hub.className],
    model_type: family.hub.modelType,
    torch_dtype: dtype,
    vocab_size: config.vocab,
    hidden_size: config.hidden,
    num_hidden_layers: config.layers,
    intermediate_size: config.intermediate,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    max_position_embeddings: config.maxPosition,
    rms_norm_eps: config.rmsEps,
    tie_word_embeddings: config.tiedHead,
    [activation]: name,
    attention_bias: false,
    rope_theta: config.ropeTheta,
    rope_scaling: scaling && {
      rope_type: "llama3",
      factor: scaling.factor,
      low_freq_factor: scaling.lowFreqFactor,
      high_freq_factor: scaling.highFreqFactor,
      original_max_position_embeddings: scaling.originalMaxPosition,
    },
    ...family.toHub?.(config),
    ...ids,
    eos_token_id: eosTokenIds.length === 1 ? eosTokenIds[0] : eosTokenIds,
  };
}

/**
 * What Hugging Face's files have more in a norm's weight than the file that was read: −1 for Gemma, whose GGUF files
 * hold 1 + w.
 * @param written `hubConfig` of the same model
 * @throws LabError "internal" where `written` does not describe the model
 */
export function normShiftOf(config: DecoderConfig, written: Record<string, unknown>): number {
  const read = parseModelConfig(written);
  const scale = (one: DecoderConfig) => one.attentionScale ?? 1 / Math.sqrt(one.headDim);
  const comparable = (one: DecoderConfig): string => {
    const shape = { ...one, normShift: 0, attentionScale: scale(one) };
    return JSON.stringify(Object.entries(shape).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  if (comparable(read) !== comparable(config))
    throw new LabError("internal", "The config.json of the export would describe another model.");
  return config.normShift - read.normShift;
}
