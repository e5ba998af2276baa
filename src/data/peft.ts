// LoRA adapters as PEFT stores them: adapter_config.json and adapter_model.safetensors, read and written. What is read
// is brought into one form: one rank and one alpha, the same modules in every layer, zeros where the adapter has none.
import {
  LINEARS,
  linearShape,
  modulePath,
  peftName,
  scaleOf,
  type AdapterConfig,
  type AdapterState,
  type DecoderConfig,
  type LinearName,
} from "../families/config";
import { readJson, type ModelFolder } from "./files";
import { identityIn, type AdapterOrigin } from "./peft/otherBase";
import { byPattern, CONFIG_FILE, readSettings, refuse, said, type PeftSettings } from "./peft/settings";
import { openSafetensors, readFloats, writeSafetensors, type TensorEntry } from "./safetensors";

const WEIGHTS_FILE = "adapter_model.safetensors";

export interface LoadedAdapter extends AdapterOrigin {
  config: AdapterConfig;
  state: AdapterState;
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
  const settings = readSettings(json);
  const { tensors, metadata } = await openSafetensors(folder, "adapter_model", "adapter");
  const modules = new Map<string, Module>();
  for (const entry of tensors.values()) {
    const { layer, linear, factor } = parseName(entry.name);
    const path = modulePath(layer, linear);
    const module = modules.get(path) ?? { layer, linear, ...scalingOf(settings, path), factors: {} };
    modules.set(path, module);
    checkShape(entry, base, module, factor, settings.baseModel);
    module.factors[factor] = entry;
  }
  if (modules.size === 0)
    refuse(`${WEIGHTS_FILE} of the adapter holds no LoRA weights`, "Check that training saved the adapter.");
  const config = adapterConfig(settings, [...modules.values()], base);
  const state: AdapterState = new Map();
  for (const layer of config.layers ?? range(base.layers))
    for (const linear of config.targets)
      for (const factor of ["A", "B"] as const)
        state.set(
          loraName(layer, linear, factor),
          await weights(config, base, layer, linear, factor, modules.get(modulePath(layer, linear))),
        );
  return { config, state, baseModel: settings.baseModel, identity: identityIn(metadata) };
}

/** One adapted linear as the file has it. */
interface Module {
  layer: number;
  linear: LinearName;
  rank: number;
  alpha: number;
  factors: { A?: TensorEntry; B?: TensorEntry };
}

function scalingOf(settings: PeftSettings, path: string): Pick<Module, "rank" | "alpha"> {
  return {
    rank: byPattern(settings.rankPattern, `model.${path}`, settings.rank, "rank_pattern"),
    alpha: byPattern(settings.alphaPattern, `model.${path}`, settings.alpha, "alpha_pattern"),
  };
}

/**
 * A factor in the adapter's one form: A [R, in] and B [out, R], further ranks zero, all zero for a module that the file
 * does not have, and B multiplied by what the module's own scale differs from the adapter's. B·A·x·scale is the same.
 */
async function weights(
  config: AdapterConfig,
  base: DecoderConfig,
  layer: number,
  linear: LinearName,
  factor: "A" | "B",
  module: Module | undefined,
): Promise<{ shape: [number, number]; values: Float32Array }> {
  const [out, input] = linearShape(base, linear);
  const shape: [number, number] = factor === "A" ? [config.rank, input] : [out, config.rank];
  if (!module) return { shape, values: new Float32Array(shape[0] * shape[1]) };
  const entry = module.factors[factor];
  if (!entry)
    refuse(
      `The adapter lacks the tensor ${loraName(layer, linear, factor)}, whose other factor it has`,
      "Export the adapter again.",
    );
  const own = await readFloats(entry, "adapter");
  const [ownScale, scale] = [module, config].map((one) => scaleOf({ ...one, useRslora: config.useRslora }));
  const ratio = factor === "A" || ownScale === scale ? 1 : ownScale / scale;
  if (module.rank === config.rank && ratio === 1) return { shape, values: own };
  const values = new Float32Array(shape[0] * shape[1]);
  const columns = entry.shape[1];
  for (let i = 0; i < own.length; i++)
    values[Math.floor(i / columns) * shape[1] + (i % columns)] = own[i] * ratio;
  return { shape, values };
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
  { layer, linear, rank }: Module,
  factor: "A" | "B",
  baseModel: string,
): void {
  const { name, shape, source } = entry;
  const advice = `Load the model that the adapter was trained on${baseModel ? `: ${baseModel.slice(0, 200)}` : ""}.`;
  if (layer >= base.layers) {
    refuse(
      `The adapter has weights for layer ${layer} (${name}), but the model has ${base.layers} layers`,
      advice,
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
      `The adapter's tensor ${name} in ${source.name} has rank ${rankFound} (shape ${found}), but ${CONFIG_FILE} says rank ${rank}`,
      "Take both files from the same export.",
    );
  }
  refuse(`The adapter's tensor ${name} has shape ${found}, but on this model it must have ${asked}`, advice);
}

/**
 * What is adapted, read from the tensors, since target_modules may be a list, a pattern or "all-linear". Rank and alpha are
 * the general ones where every module has them; else the largest rank, with the general alpha.
 */
function adapterConfig(
  settings: PeftSettings,
  modules: readonly Module[],
  base: DecoderConfig,
): AdapterConfig {
  const targets = LINEARS.filter((linear) => modules.some((module) => module.linear === linear));
  const layers = [...new Set(modules.map(({ layer }) => layer))].sort((a, b) => a - b);
  const unfilled = settings.targets.find(
    (target) => !targets.some((linear) => linear === target.split(".").at(-1)),
  );
  if (unfilled !== undefined) {
    refuse(
      `${CONFIG_FILE}: target_modules names ${said(unfilled)}, but the adapter has no such weights`,
      "Take both files from the same export.",
    );
  }
  const missing = settings.layers.find((layer) => !layers.some((found) => found === layer));
  if (missing !== undefined) {
    refuse(
      `${CONFIG_FILE}: layers_to_transform names layer ${said(missing)}, but the adapter has no weights for it`,
      "Take both files from the same export.",
    );
  }
  const [first] = modules;
  const uniform = modules.every(({ rank, alpha }) => rank === first.rank && alpha === first.alpha);
  return {
    rank: Math.max(...modules.map(({ rank }) => rank)),
    // An alpha of 0 scales everything to nothing: B cannot carry another module's scale over it.
    alpha: uniform ? first.alpha : settings.alpha || 1,
    targets,
    useRslora: settings.useRslora,
    layers: layers.length === base.layers ? null : layers,
  };
}

/**
 * An adapter as the two files that PEFT, vLLM and llama.cpp's converter read; weights in f32.
 * @param baseModel hub id or path, what PEFT calls `base_model_name_or_path`; null = none that it could load
 * @param notes for the weight file's metadata, which PEFT leaves alone
 */
export function writeAdapter(
  config: AdapterConfig,
  state: AdapterState,
  baseModel: string | null,
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
