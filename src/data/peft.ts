// LoRA adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors, read and written.
import { LabError } from "../lib/errors";
import {
  LINEARS,
  linearShape,
  modulePath,
  peftName,
  type AdapterConfig,
  type AdapterState,
  type DecoderConfig,
  type LinearName,
} from "../families/config";
import { readJson, type ModelFolder } from "./files";
import { openSafetensors, readFloats, writeSafetensors, type TensorEntry } from "./safetensors";

const CONFIG_FILE = "adapter_config.json";
const WEIGHTS_FILE = "adapter_model.safetensors";

type Json = Record<string, unknown>;

export interface LoadedAdapter {
  config: AdapterConfig;
  state: AdapterState;
  /** Hub id or path of the model it was trained on, as the file says; "" when it does not. */
  baseModel: string;
}

/** PEFT's name of a factor. */
export function loraName(layer: number, linear: LinearName, factor: "A" | "B"): string {
  return `${peftName(layer, linear)}.lora_${factor}.weight`;
}

/**
 * An adapter folder, checked against the model it is to sit on.
 * @throws LabError "adapter" naming the setting or the tensor with both shapes.
 */
export async function readAdapter(folder: ModelFolder, base: DecoderConfig): Promise<LoadedAdapter> {
  const json = await readJson(folder, CONFIG_FILE);
  if (!json)
    refuse(
      `The folder ${folder.name} has no ${CONFIG_FILE}, so it is no PEFT adapter`,
      "Choose the folder that PEFT's save_pretrained wrote.",
    );
  const rank = checkSettings(json);
  const { tensors } = await openSafetensors(folder, "adapter_model", "adapter");
  const entries = new Map<
    string,
    { entry: TensorEntry; layer: number; linear: LinearName; factor: "A" | "B" }
  >();
  for (const entry of tensors.values()) {
    const place = parseName(entry.name);
    entries.set(loraName(place.layer, place.linear, place.factor), { entry, ...place });
  }
  if (entries.size === 0)
    refuse(`${WEIGHTS_FILE} of the adapter holds no LoRA weights`, "Check that training saved the adapter.");
  for (const { entry, layer, linear, factor } of entries.values()) {
    checkShape(entry, base, rank, layer, linear, factor);
  }
  const config = adapterConfig(json, rank, [...entries.values()], base);
  const state: AdapterState = new Map();
  for (const layer of config.layers ?? range(base.layers)) {
    for (const linear of config.targets) {
      for (const factor of ["A", "B"] as const) {
        const name = loraName(layer, linear, factor);
        const found = entries.get(name);
        if (!found)
          refuse(
            `The adapter lacks the tensor ${name}, which its other layers have`,
            "Export the adapter again.",
          );
        state.set(name, {
          shape: found.entry.shape as [number, number],
          values: await readFloats(found.entry, "adapter"),
        });
      }
    }
  }
  const baseModel = typeof json.base_model_name_or_path === "string" ? json.base_model_name_or_path : "";
  return { config, state, baseModel };
}

/** Variants of LoRA that compute something else; any of these switched on is refused. */
const UNSUPPORTED = [
  ...[
    "use_dora",
    "lora_bias",
    "fan_in_fan_out",
    "use_qalora",
    "use_bdlora",
    "layer_replication",
    "modules_to_save",
  ],
  ...[
    "rank_pattern",
    "alpha_pattern",
    "target_parameters",
    "trainable_token_indices",
    "alora_invocation_tokens",
  ],
  ...["arrow_config", "megatron_config", "kasa_config"],
];

/** Refuses what the engine does not compute. Returns the rank. */
function checkSettings(json: Json): number {
  if (json.peft_type !== "LORA") {
    refuse(
      `${CONFIG_FILE}: peft_type is ${said(json.peft_type)}, but only LORA adapters can be used`,
      "Take a LoRA adapter.",
    );
  }
  const on = UNSUPPORTED.find((key) => isOn(json[key]));
  if (on)
    refuse(
      `${CONFIG_FILE}: ${on} is ${said(json[on])}, which this lab's adapter does not have`,
      "Train the adapter without it.",
    );
  if (isOn(json.bias) && json.bias !== "none") {
    refuse(
      `${CONFIG_FILE}: bias is ${said(json.bias)}, but adapters with trained biases cannot be used`,
      "Train the adapter with bias none.",
    );
  }
  const { r, lora_alpha: alpha } = json;
  if (!Number.isSafeInteger(r) || (r as number) < 1 || (r as number) > 4096) {
    refuse(
      `${CONFIG_FILE} of the adapter: r is ${said(r)}, but a whole number from 1 to 4096 is expected`,
      "Export the adapter again.",
    );
  }
  if (typeof alpha !== "number" || !Number.isFinite(alpha)) {
    refuse(
      `${CONFIG_FILE} of the adapter: lora_alpha is ${said(alpha)}, but a number is expected`,
      "Export the adapter again.",
    );
  }
  return r as number;
}

function isOn(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return false;
  return typeof value === "object" ? Object.keys(value).length > 0 : true;
}

function parseName(name: string): { layer: number; linear: LinearName; factor: "A" | "B" } {
  const match =
    /^base_model\.model\.(?:model\.)?(layers\.(\d{1,4})\.(?:self_attn|mlp)\.(\w+))\.lora_([AB])(?:\.default)?\.weight$/.exec(
      name,
    );
  const linear = LINEARS.find((known) => known === match?.[3]);
  const layer = Number(match?.[2]);
  if (!match || !linear || modulePath(layer, linear) !== match[1]) {
    refuse(
      `The adapter has the tensor ${name.slice(0, 200)}, which belongs to no linear this lab adapts`,
      `Train the adapter on ${LINEARS.join(", ")} only.`,
    );
  }
  return { layer, linear, factor: match[4] as "A" | "B" };
}

function checkShape(
  entry: TensorEntry,
  base: DecoderConfig,
  rank: number,
  layer: number,
  linear: LinearName,
  factor: "A" | "B",
): void {
  const { name, shape, source } = entry;
  if (layer >= base.layers) {
    refuse(
      `The adapter has weights for layer ${layer} (${name}), but the model has ${base.layers} layers`,
      "Load the model that the adapter was trained on.",
    );
  }
  const [out, input] = linearShape(base, linear);
  const wanted = factor === "A" ? [rank, input] : [out, rank];
  if (shape.length === 2 && shape[0] === wanted[0] && shape[1] === wanted[1]) return;
  const asked = `[${wanted.join(", ")}]`;
  const found = `[${shape.join(", ")}]`;
  const rankFound = shape[factor === "A" ? 0 : 1];
  const otherFits = shape.length === 2 && shape[factor === "A" ? 1 : 0] === (factor === "A" ? input : out);
  if (otherFits) {
    refuse(
      `The adapter's tensor ${name} in ${source.name} has rank ${rankFound} (shape ${found}), but ${CONFIG_FILE} says r = ${rank}`,
      "Take both files from the same export.",
    );
  }
  refuse(
    `The adapter's tensor ${name} has shape ${found}, but on this model it must have ${asked}`,
    "Load the model that the adapter was trained on.",
  );
}

/** What is adapted, read from the tensors, since target_modules may be a list, a pattern or "all-linear". */
function adapterConfig(
  json: Json,
  rank: number,
  places: readonly { layer: number; linear: LinearName }[],
  base: DecoderConfig,
): AdapterConfig {
  const targets = LINEARS.filter((linear) => places.some((place) => place.linear === linear));
  const layers = [...new Set(places.map(({ layer }) => layer))].sort((a, b) => a - b);
  const listed = Array.isArray(json.target_modules) ? (json.target_modules as unknown[]) : [];
  for (const target of listed) {
    const name = String(target).split(".").at(-1);
    if (!targets.some((linear) => linear === name)) {
      refuse(
        `${CONFIG_FILE}: target_modules names ${said(target)}, but the adapter has no such weights`,
        "Take both files from the same export.",
      );
    }
  }
  const limited = json.layers_to_transform;
  const asked = Array.isArray(limited)
    ? (limited as unknown[])
    : typeof limited === "number"
      ? [limited]
      : [];
  const missing = asked.find((layer) => !layers.some((found) => found === layer));
  if (missing !== undefined) {
    refuse(
      `${CONFIG_FILE}: layers_to_transform names layer ${said(missing)}, but the adapter has no weights for it`,
      "Take both files from the same export.",
    );
  }
  return {
    rank,
    alpha: json.lora_alpha as number,
    targets,
    useRslora: json.use_rslora === true,
    layers: layers.length === base.layers ? null : layers,
  };
}

/**
 * An adapter as the two files that PEFT, vLLM and llama.cpp's converter read; weights in f32.
 * @param baseModel hub id or path, what PEFT calls `base_model_name_or_path`.
 * @param notes for the weight file's metadata, which PEFT leaves alone
 */
export function writeAdapter(
  config: AdapterConfig,
  state: AdapterState,
  baseModel: string,
  revision: string | null = null,
  notes: Readonly<Record<string, string>> = {},
): { name: string; bytes: Uint8Array }[] {
  const json = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    revision,
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: 0,
    target_modules: config.targets,
    exclude_modules: null,
    layers_to_transform: config.layers,
    layers_pattern: null,
    rank_pattern: {},
    alpha_pattern: {},
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    modules_to_save: null,
    use_rslora: config.useRslora,
    use_dora: false,
  };
  const tensors = new Map(
    [...state].map(([name, { shape, values }]) => [name, { dtype: "F32" as const, shape, values }] as const),
  );
  return [
    { name: CONFIG_FILE, bytes: new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`) },
    { name: WEIGHTS_FILE, bytes: writeSafetensors(tensors, { format: "pt", ...notes }) },
  ];
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const said = (value: unknown): string =>
  value === undefined ? "missing" : (JSON.stringify(value) ?? "").slice(0, 80);

function refuse(what: string, hint: string): never {
  throw new LabError("adapter", `${what}.`, hint);
}
