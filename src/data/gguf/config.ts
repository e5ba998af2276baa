// GGUF metadata → DecoderConfig. What the engine cannot compute is refused here, by name.
import { LabError } from "../../lib/errors";
import { PLAIN, type DecoderConfig, type RopeScaling } from "../../families/config";
import type { Settings } from "../../families/family";
import { FAMILIES } from "../../families/index";
import type { GgufHeader, GgufValue } from "./header";

/** @param ropeFactors the tensor `rope_freqs.weight`, which holds Llama 3's scaling; null when absent. */
export function ggufConfig(
  file: string,
  header: GgufHeader,
  ropeFactors: Float32Array | null,
): DecoderConfig {
  const { metadata, tensors } = header;
  const refuse = (what: string): never => {
    throw new LabError("model", `${file}: ${what}.`, "Take another model or another version of it.", {
      file,
    });
  };
  if (metadata.get("general.type") === "adapter")
    throw new LabError(
      "model",
      `${file} is an adapter for llama.cpp, not a model.`,
      "Open its base model; the lab reads adapters in PEFT's form, adapter_config.json and adapter_model.safetensors.",
      { file },
    );
  const named = metadata.get("general.architecture");
  const family = FAMILIES.find(({ gguf }) => gguf.architecture === named);
  if (!family) {
    const supported = FAMILIES.map(({ gguf }) => gguf.architecture).join(", ");
    return refuse(`the architecture ${said(named)} is not supported (supported: ${supported})`);
  }
  const key = (name: string) => `${family.gguf.architecture}.${name}`;
  const number = (name: string, low: number, high: number, integer: boolean): number => {
    const value = uniform(metadata.get(key(name)));
    const good =
      typeof value === "number" && value >= low && value <= high && (!integer || Number.isInteger(value));
    return good
      ? value
      : refuse(
          `${key(name)} is ${said(metadata.get(key(name)))}, but a ${integer ? "whole " : ""}number from ${low} to ${high} is expected`,
        );
  };
  const whole = (name: string, high: number, otherwise?: number): number =>
    otherwise !== undefined && !metadata.has(key(name)) ? otherwise : number(name, 1, high, true);
  const settings: Settings = {
    value: (name) => uniform(metadata.get(key(name))),
    whole,
    positive: (name, most, otherwise) =>
      otherwise !== undefined && !metadata.has(key(name)) ? otherwise : number(name, 1e-12, most, false),
    refuse: (name, why) => refuse(`${key(name)} is ${said(metadata.get(key(name)))}, but ${why}`),
  };

  const hidden = whole("embedding_length", 32_768);
  const heads = whole("attention.head_count", 1024);
  const kvHeads = whole("attention.head_count_kv", heads, heads);
  if (heads % kvHeads !== 0)
    refuse(`${key("attention.head_count_kv")} is ${kvHeads}, which does not divide the ${heads} heads`);
  const headDim = whole("attention.key_length", 1024, hidden / heads);
  if (!Number.isInteger(headDim) || headDim % 2 !== 0)
    refuse(`the head size is ${headDim}, but an even whole number is needed`);
  if (whole("attention.value_length", 1024, headDim) !== headDim)
    refuse("keys and values have different sizes, which is not supported");
  if (whole("rope.dimension_count", 1024, headDim) !== headDim)
    refuse("rotary over a part of the head is not supported");
  if (Number(uniform(metadata.get(key("expert_count"))) ?? 0) > 0)
    refuse("mixtures of experts are not supported");
  const scaling = metadata.get(key("rope.scaling.type"));
  if (scaling !== undefined && scaling !== "none" && metadata.get(key("rope.scaling.factor")) !== 1) {
    refuse(`${key("rope.scaling.type")} is ${said(scaling)}, but only Llama 3's scaling is supported`);
  }
  const ropeTheta = metadata.has(key("rope.freq_base")) ? number("rope.freq_base", 1, 1e12, false) : 10_000;
  const layers = whole("block_count", 512);
  const biased = tensors.has("blk.0.attn_q.bias");
  if (biased !== family.biased.includes("q_proj")) {
    refuse(
      biased
        ? "biases on the attention's projections are not supported here"
        : "the tensor blk.0.attn_q.bias is missing",
    );
  }
  const vocab =
    tensors.get("token_embd.weight")?.shape[0] ?? refuse("the tensor token_embd.weight is missing");
  return {
    architecture: family.name,
    vocab,
    hidden,
    layers,
    intermediate: whole("feed_forward_length", 262_144),
    heads,
    kvHeads,
    headDim,
    rmsEps: number("attention.layer_norm_rms_epsilon", 1e-12, 0.1, false),
    ropeTheta,
    ropeScaling: ropeFactors ? llama3Scaling(ropeFactors, ropeTheta, headDim, refuse) : null,
    qkNorm: family.norms.q !== undefined,
    qkvBias: family.biased.length > 0,
    tiedHead: !tensors.has("output.weight"),
    maxPosition: whole("context_length", 2 ** 31, 2048),
    eosTokenIds: endTokens(metadata),
    ...PLAIN,
    ...family.fromGguf(settings, { layers, headDim, hidden }),
  };
}

/** A list with one value a layer counts as that value when all are equal. */
function uniform(value: GgufValue | undefined): GgufValue | undefined {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value.length === 0) return value;
  const list = Array.from<number | bigint | string>(value);
  return list.every((entry) => entry === list[0]) ? uniform(list[0]) : value;
}

function endTokens(metadata: ReadonlyMap<string, GgufValue>): number[] {
  const ids = ["eos_token_id", "eot_token_id", "eom_token_id"].map((name) =>
    uniform(metadata.get(`tokenizer.ggml.${name}`)),
  );
  return [
    ...new Set(ids.filter((id) => typeof id === "number" && Number.isInteger(id) && id >= 0)),
  ] as number[];
}

/**
 * Llama 3's scaling from the factor it gives each frequency: the file keeps the result and not the settings.
 * Tried are Llama 3's own settings with the largest factor, for every usual original length.
 */
function llama3Scaling(
  factors: Float32Array,
  theta: number,
  headDim: number,
  refuse: (what: string) => never,
): RopeScaling | null {
  const factor = factors.reduce((most, value) => Math.max(most, value), 0);
  if (factors.every((value) => value === 1)) return null;
  for (let length = 64; length <= 2 ** 20 && factors.length === headDim / 2; length *= 2) {
    const scaling: RopeScaling = {
      type: "llama3",
      factor,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPosition: length,
    };
    const fits = factors.every((value, i) => {
      const wanted = frequencyFactor(scaling, theta ** ((-2 * i) / headDim));
      return Math.abs(value - wanted) <= 1e-4 * wanted;
    });
    if (fits) return scaling;
  }
  return refuse("the tensor rope_freqs.weight does not hold a scaling of Llama 3's kind");
}

/** By what a rotary frequency (radians a position) is divided. */
export function frequencyFactor(scaling: RopeScaling, frequency: number): number {
  const { factor, lowFreqFactor: low, highFreqFactor: high, originalMaxPosition: length } = scaling;
  const turns = (length * frequency) / (2 * Math.PI);
  if (turns > high) return 1;
  if (turns < low) return factor;
  const smooth = (turns - low) / (high - low);
  return 1 / ((1 - smooth) / factor + smooth);
}

function said(value: unknown): string {
  if (value === undefined) return "missing";
  const text =
    typeof value === "object" && value !== null
      ? `[${Array.from(value as ArrayLike<unknown>)
          .slice(0, 4)
          .join(", ")}, …]`
      : String(value);
  return text.slice(0, 80);
}
