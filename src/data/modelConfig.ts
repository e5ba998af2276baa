// Reads `config.json` of a Hugging Face model into a DecoderConfig. A feature that the engine cannot compute is
// refused here, by name, before any weight is downloaded. Knows the keys of transformers 4 and 5.
import { LabError } from "../lib/errors";
import { PLAIN, type DecoderConfig, type RopeScaling } from "../families/config";
import type { Family, Settings } from "../families/family";
import { FAMILIES } from "../families/index";
import { isRecord, readJson, type ModelFolder } from "./files";
import { nameFolder, nameMlx } from "./foreign";

type Json = Record<string, unknown>;

/**
 * The model's shape from `config.json` and, where present, `generation_config.json`.
 * @throws LabError "model" naming the key and its value.
 */
export async function loadModelConfig(folder: ModelFolder): Promise<DecoderConfig> {
  const config = await readJson(folder, "config.json");
  if (!config) {
    await nameFolder(folder);
    throw new LabError(
      "model",
      `${folder.name} has no config.json, so the shape of the model is unknown.`,
      "Choose the folder of a Hugging Face model: config.json, tokenizer.json and .safetensors files.",
      { folder: folder.name },
    );
  }
  nameMlx(folder.name, config);
  return parseModelConfig(config, await readJson(folder, "generation_config.json"));
}

/** See `loadModelConfig`. */
export function parseModelConfig(config: Json, generation: Json | null = null): DecoderConfig {
  const family = readFamily(config);
  if (isRecord(config.quantization_config)) {
    const method = config.quantization_config.quant_method;
    refuse(
      "quantization_config",
      method,
      "quantised checkpoints are not supported; take the bf16 or f16 version",
    );
  }
  const hidden = whole(config, "hidden_size", 32_768);
  const layers = whole(config, "num_hidden_layers", 512);
  const heads = whole(config, "num_attention_heads", 1024);
  const kvHeads = present(config.num_key_value_heads) ? whole(config, "num_key_value_heads", heads) : heads;
  if (heads % kvHeads !== 0)
    refuse("num_key_value_heads", kvHeads, `it does not divide num_attention_heads (${heads})`);
  if (!present(config.head_dim) && hidden % heads !== 0) {
    refuse(
      "num_attention_heads",
      heads,
      `it does not divide hidden_size (${hidden}), and head_dim is not given`,
    );
  }
  const headDim = present(config.head_dim) ? whole(config, "head_dim", 1024) : hidden / heads;
  if (headDim % 2 !== 0) refuse("head_dim", headDim, "rotary positions need an even one");
  refuseUnsupported(config, family);
  const own = family.fromHub(settingsOf(config), { layers, headDim, hidden });
  return {
    architecture: family.name,
    vocab: whole(config, "vocab_size", 2_000_000),
    hidden,
    layers,
    intermediate: whole(config, "intermediate_size", 262_144),
    heads,
    kvHeads,
    headDim,
    rmsEps: present(config.rms_norm_eps) ? positive(config, "rms_norm_eps", 0.1) : 1e-6,
    qkNorm: family.norms.q !== undefined,
    qkvBias: family.biased.length > 0,
    tiedHead: config.tie_word_embeddings === true,
    maxPosition: present(config.max_position_embeddings)
      ? whole(config, "max_position_embeddings", 2 ** 31)
      : 2048,
    eosTokenIds: readEos(config, generation),
    ...PLAIN,
    // A family with rotary settings of its own has read them itself.
    ...(own.ropeTheta === undefined ? readRope(config) : {}),
    ...own,
  } as DecoderConfig;
}

const settingsOf = (config: Json): Settings => ({
  value: (key) => config[key] ?? undefined,
  whole: (key, most, otherwise) =>
    otherwise !== undefined && !present(config[key]) ? otherwise : whole(config, key, most),
  positive: (key, most, otherwise) =>
    otherwise !== undefined && !present(config[key]) ? otherwise : positive(config, key, most),
  refuse: (key, why) => refuse(key, config[key], why),
});

function readFamily(config: Json): Family {
  const listed = Array.isArray(config.architectures) ? (config.architectures as unknown[]) : [];
  const name: unknown = listed[0];
  const type = config.model_type;
  const known = FAMILIES.find(({ hub }) =>
    typeof name === "string" ? hub.className === name : listed.length === 0 && hub.modelType === type,
  );
  if (known) return known;
  const said = typeof name === "string" ? name : String(type ?? "none");
  const classes = FAMILIES.map(({ hub }) => hub.className).join(", ");
  throw new LabError(
    "model",
    `config.json: the architecture ${said.slice(0, 80)} is not supported.`,
    `Supported are ${classes} (${FAMILIES.map(({ models }) => models).join(", ")}).`,
    { architecture: said },
  );
}

/** Options that no family here has. */
function refuseUnsupported(config: Json, { hub }: Family): void {
  const [key, meant] = hub.activation;
  if ((config[key] ?? meant) !== meant) refuse(key, config[key], `only ${meant} is supported`);
  if (config.attention_bias === true)
    refuse("attention_bias", true, "biases on all four projections are not supported");
  if (config.mlp_bias === true) refuse("mlp_bias", true, "biases in the MLP are not supported");
  if (config.rope_interleaved === true)
    refuse("rope_interleaved", true, "only split-half rotary is supported");
  if (present(config.partial_rotary_factor) && config.partial_rotary_factor !== 1) {
    refuse(
      "partial_rotary_factor",
      config.partial_rotary_factor,
      "rotary over a part of the head is not supported",
    );
  }
}

/** transformers 5 nests both in `rope_parameters`; before, they were `rope_theta` and `rope_scaling`. */
function readRope(config: Json): { ropeTheta: number; ropeScaling: RopeScaling | null } {
  const nested = config.rope_parameters;
  const [key, scaling] = present(nested)
    ? ["rope_parameters", nested]
    : ["rope_scaling", config.rope_scaling];
  if (present(scaling) && !isRecord(scaling)) refuse(key, scaling, "an object is expected");
  const block: Json = isRecord(scaling) ? scaling : {};
  const thetaHolder = present(block.rope_theta) ? block : config;
  const ropeTheta = present(thetaHolder.rope_theta) ? positive(thetaHolder, "rope_theta", 1e12) : 10_000;
  if (present(block.partial_rotary_factor) && block.partial_rotary_factor !== 1) {
    refuse(
      "partial_rotary_factor",
      block.partial_rotary_factor,
      "rotary over a part of the head is not supported",
    );
  }
  const type = block.rope_type ?? block.type ?? "default";
  if (type === "default") {
    // A block per layer type (as in models with several attention kinds) has no type of its own.
    if (Object.values(block).some(isRecord))
      refuse(key, block, "different rotary settings by layer are not supported");
    return { ropeTheta, ropeScaling: null };
  }
  if (type !== "llama3") refuse(`${key}.rope_type`, type, "only default and llama3 are supported");
  const ropeScaling: RopeScaling = {
    type: "llama3",
    factor: positive(block, "factor", 1e6),
    lowFreqFactor: positive(block, "low_freq_factor", 1e6),
    highFreqFactor: positive(block, "high_freq_factor", 1e6),
    originalMaxPosition: whole(block, "original_max_position_embeddings", 2 ** 31),
  };
  if (ropeScaling.highFreqFactor <= ropeScaling.lowFreqFactor) {
    refuse(
      "high_freq_factor",
      ropeScaling.highFreqFactor,
      `it must be above low_freq_factor (${ropeScaling.lowFreqFactor})`,
    );
  }
  return { ropeTheta, ropeScaling };
}

/** End tokens: `generation_config.json` decides where it names any. */
function readEos(config: Json, generation: Json | null): number[] {
  const value = present(generation?.eos_token_id) ? generation?.eos_token_id : config.eos_token_id;
  if (!present(value)) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!list.every((id) => Number.isSafeInteger(id) && (id as number) >= 0)) {
    refuse("eos_token_id", value, "a token number or a list of them is expected");
  }
  return list as number[];
}

/** A number that is there: null counts as absent, as in the files. */
const present = (value: unknown): boolean => value !== undefined && value !== null;

function whole(from: Json, key: string, limit: number): number {
  const value = from[key];
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= limit)
    return value as number;
  return refuse(key, value, `a whole number from 1 to ${limit} is expected`);
}

function positive(from: Json, key: string, limit: number): number {
  const value = from[key];
  if (typeof value === "number" && value > 0 && value <= limit) return value;
  return refuse(key, value, `a number above 0 and up to ${limit} is expected`);
}

function refuse(key: string, value: unknown, why: string): never {
  const said = value === undefined ? "missing" : (JSON.stringify(value) ?? String(value)).slice(0, 80);
  throw new LabError(
    "model",
    `config.json: ${key} is ${said}, but ${why}.`,
    "Take another model or another version of it.",
    {
      key,
      value: said,
    },
  );
}
