// What adapter_config.json may say. Settings are known one by one: those that this file does not know, and those that
// make an adapter compute something else than B·A·x·scale on unchanged base weights, are refused by name.
// Names and defaults are those of PEFT's LoraConfig (0.21).
import { LabError } from "../../lib/errors";

export const CONFIG_FILE = "adapter_config.json";

export type Json = Record<string, unknown>;

/** The largest rank read. */
const MAX_RANK = 4096;

/** What is read of a config. */
export interface PeftSettings {
  rank: number;
  alpha: number;
  useRslora: boolean;
  /** Pattern of module paths → rank, alpha; the first that matches holds. */
  rankPattern: Record<string, number>;
  alphaPattern: Record<string, number>;
  /** Names that target_modules lists; empty where it is a pattern or "all-linear". */
  targets: readonly string[];
  /** Layers that layers_to_transform lists; empty = all. */
  layers: readonly unknown[];
  /** Hub id or path of the model it was trained on; "" where the file does not say. */
  baseModel: string;
}

/** Starts of training that leave the base weights as they are. The others (PiSSA, OLoRA, CorDA, LoftQ, …) change them. */
const STARTS = [true, false, "gaussian", "eva", "orthogonal"];

/** Read by `readSettings`. */
const READ = [
  ...["peft_type", "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "target_modules"],
  ...["layers_to_transform", "base_model_name_or_path", "revision", "init_lora_weights", "bias"],
];

/** About how it was trained or filed; the trained weights mean the same whatever these say. */
const WITHOUT_EFFECT = [
  ...["task_type", "auto_mapping", "peft_version", "inference_mode", "lora_dropout", "exclude_modules"],
  ...["layers_pattern", "megatron_core", "qalora_group_size", "runtime_config", "eva_config"],
  "ensure_weight_tying",
];

/**
 * The settings of an adapter that the engine computes as they are.
 * @throws LabError "adapter" naming the first setting that it does not.
 */
export function readSettings(json: Json): PeftSettings {
  if (json.peft_type !== "LORA") {
    refuse(
      `${CONFIG_FILE}: peft_type is ${said(json.peft_type)}, but only LORA adapters can be used`,
      "Take a LoRA adapter.",
    );
  }
  const known = new Set([...READ, ...WITHOUT_EFFECT]);
  const on = Object.keys(json).find((key) => !known.has(key) && isOn(json[key]));
  if (on !== undefined) {
    refuse(
      `${CONFIG_FILE}: ${on.slice(0, 80)} is ${said(json[on])}, which this lab's adapter does not have`,
      "Train the adapter without it.",
    );
  }
  if (isOn(json.bias) && json.bias !== "none") {
    refuse(
      `${CONFIG_FILE}: bias is ${said(json.bias)}, but adapters with trained biases cannot be used`,
      "Train the adapter with bias none.",
    );
  }
  const start = json.init_lora_weights ?? true;
  if (!STARTS.some((allowed) => allowed === start)) {
    refuse(
      `${CONFIG_FILE}: init_lora_weights is ${said(start)}: such an adapter belongs to changed base weights, which are not in it`,
      "Convert it to plain LoRA with save_pretrained(path_initial_model_for_weight_conversion=…) in PEFT.",
    );
  }
  if (json.use_rslora !== undefined && json.use_rslora !== null && typeof json.use_rslora !== "boolean") {
    refuse(
      `${CONFIG_FILE}: use_rslora is ${said(json.use_rslora)}, but true or false is expected`,
      "Export the adapter again.",
    );
  }
  return {
    rank: rankOf(json.r, "r"),
    alpha: alphaOf(json.lora_alpha, "lora_alpha"),
    useRslora: json.use_rslora === true,
    rankPattern: patternOf(json.rank_pattern, "rank_pattern", rankOf),
    alphaPattern: patternOf(json.alpha_pattern, "alpha_pattern", alphaOf),
    targets: Array.isArray(json.target_modules) ? json.target_modules.map(String) : [],
    layers: Array.isArray(json.layers_to_transform)
      ? (json.layers_to_transform as unknown[])
      : isOn(json.layers_to_transform) || json.layers_to_transform === 0
        ? [json.layers_to_transform]
        : [],
    baseModel: typeof json.base_model_name_or_path === "string" ? json.base_model_name_or_path : "",
  };
}

function rankOf(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_RANK)
    return value as number;
  return refuse(
    `${CONFIG_FILE} of the adapter: ${name} is ${said(value)}, but a whole number from 1 to ${MAX_RANK} is expected`,
    "Export the adapter again.",
  );
}

function alphaOf(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return refuse(
    `${CONFIG_FILE} of the adapter: ${name} is ${said(value)}, but a number is expected`,
    "Export the adapter again.",
  );
}

function patternOf(
  value: unknown,
  name: string,
  read: (value: unknown, name: string) => number,
): Record<string, number> {
  if (!isOn(value)) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    refuse(
      `${CONFIG_FILE}: ${name} is ${said(value)}, but an object of module names and numbers is expected`,
      "Export the adapter again.",
    );
  }
  const entries = Object.entries(value as Json);
  for (const [pattern] of entries) expressionOf(pattern, name);
  return Object.fromEntries(
    entries.map(([pattern, number]) => [pattern, read(number, `${name}["${pattern.slice(0, 80)}"]`)]),
  );
}

/** Longest pattern, and most repetitions in it: a module path is short, so that no pattern takes long. */
const MAX_PATTERN = 200;
const MAX_REPETITIONS = 4;

function expressionOf(pattern: string, name: string): RegExp {
  const repetitions = pattern.match(/[*+{]/g)?.length ?? 0;
  const nested = /\)[*+{]/.test(pattern);
  if (pattern.length <= MAX_PATTERN && repetitions <= MAX_REPETITIONS && !nested) {
    try {
      // As PEFT reads them: the end of a path, from a dot on.
      return new RegExp(`^(?:.*\\.)?(?:${pattern})$`);
    } catch {
      // Not a pattern: told below.
    }
  }
  return refuse(
    `${CONFIG_FILE}: ${name} has the pattern ${said(pattern)}, which cannot be read`,
    `Name modules in full, or with at most ${MAX_REPETITIONS} repetitions that are not nested.`,
  );
}

/** What a pattern table says of a module path ("model.layers.0.self_attn.q_proj"), else the general value. */
export function byPattern(
  patterns: Record<string, number>,
  path: string,
  general: number,
  name: string,
): number {
  const found = Object.keys(patterns).find((pattern) => expressionOf(pattern, name).test(path));
  return found === undefined ? general : patterns[found];
}

/** Switched on: anything but nothing, false, the empty text and what is empty. */
function isOn(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return false;
  return typeof value === "object" ? Object.keys(value).length > 0 : true;
}

export const said = (value: unknown): string =>
  value === undefined ? "missing" : (JSON.stringify(value) ?? "").slice(0, 80);

/** @throws LabError "adapter", always */
export function refuse(what: string, hint: string): never {
  throw new LabError("adapter", `${what}.`, hint);
}
