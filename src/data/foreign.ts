// Names model files of other kinds for what they are, with the next step: an adapter alone, MLX's quantised folders, weights
// as pickles, tensors under a wrapper's prefix.
import { LabError } from "../lib/errors";
import { isRecord, readJson, type ModelFolder } from "./files";
import type { TensorEntry } from "./safetensors";

type Json = Record<string, unknown>;

const refuse = (what: string, hint: string): never => {
  throw new LabError("model", `${what}.`, hint);
};

/** A folder without config.json. @throws LabError "model" where it is known what it is */
export async function nameFolder(folder: ModelFolder): Promise<void> {
  const adapter = await readJson(folder, "adapter_config.json").catch(() => null);
  if (!adapter) return;
  const base = adapter.base_model_name_or_path;
  const made = typeof base === "string" && base !== "" ? ` for ${base.slice(0, 200)}` : "";
  refuse(
    `${folder.name} is an adapter${made}, not a model`,
    `Open ${made ? "that" : "its"} base model, then give this folder as the adapter: “Import an adapter” under Ask, --adapter in the command.`,
  );
}

/** A config.json of MLX. @throws LabError "model" */
export function nameMlx(name: string, config: Json): void {
  const { quantization: own, quantization_config: other } = config;
  const isMlx = (value: unknown): value is Json =>
    isRecord(value) && typeof value.bits === "number" && value.quant_method === undefined;
  const settings = [own, other].find(isMlx);
  if (!settings) return;
  refuse(
    `${name} is an MLX ${String(settings.bits)}-bit model, whose packed weights only Apple's MLX reads`,
    "Take the model in bf16 or f16 (Hugging Face files), or as a GGUF file in Q4_K or Q8_0.",
  );
}

/** Weight files of other kinds. */
const OTHERS: readonly (readonly [file: string, what: string])[] = [
  ["pytorch_model.bin", "PyTorch's pickle format, which can run code when it is opened"],
  ["pytorch_model.bin.index.json", "PyTorch's pickle format, which can run code when it is opened"],
  ["consolidated.00.pth", "PyTorch's pickle format, which can run code when it is opened"],
  ["consolidated.safetensors", "Mistral's own form, with other names for the tensors"],
  ["tf_model.h5", "TensorFlow's format"],
  ["flax_model.msgpack", "Flax's format"],
  ["onnx/model.onnx", "ONNX, which has no weights to train"],
  ["model.onnx", "ONNX, which has no weights to train"],
];

/** A folder without safetensors. @throws LabError "model" where it has weights of another kind */
export async function nameWeights(folder: ModelFolder): Promise<void> {
  for (const [file, what] of OTHERS) {
    if (!(await folder.open(file).catch(() => null))) continue;
    refuse(
      `The weights of ${folder.name} are in ${file}: ${what}`,
      "Save them as safetensors: AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER, safe_serialization=True).",
    );
  }
}

/** What puts a prefix before every name, and what to do about it. */
const PREFIXES: readonly (readonly [prefix: string, what: string, hint: string])[] = [
  [
    "_orig_mod.",
    "as torch.compile leaves them",
    "Save the model inside: model._orig_mod.save_pretrained(NEW_FOLDER).",
  ],
  [
    "module.",
    "as DataParallel leaves them",
    "Save the model inside: model.module.save_pretrained(NEW_FOLDER).",
  ],
  [
    "base_model.model.",
    "as PEFT has them before merging",
    "Save the merged model: model.merge_and_unload().save_pretrained(NEW_FOLDER).",
  ],
  [
    "language_model.",
    "as the text part of an image model has them",
    "Take a model for text alone, or save its language_model with save_pretrained.",
  ],
  [
    "model.language_model.",
    "as the text part of an image model has them",
    "Take a model for text alone, or save its language_model with save_pretrained.",
  ],
];

/**
 * A file that lacks the tensor `needed`.
 * @throws LabError "model" where it has it under another name
 */
export function nameTensors(tensors: ReadonlyMap<string, TensorEntry>, needed: string): void {
  const bare = needed.replace(/^model\./, "");
  for (const [prefix, what, hint] of PREFIXES)
    if (tensors.has(prefix + needed) || tensors.has(prefix + bare) || tensors.has(`${prefix}model.${bare}`))
      refuse(`The model file's tensors are named ${prefix}…, ${what}; ${needed} is expected`, hint);
  if (bare !== needed && tensors.has(bare))
    refuse(
      `The model file's tensors are named ${bare} and so on, without “model.” before them: it holds the layers without the head`,
      "Save it as AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER).",
    );
  if (
    tensors.has(needed.replace(/\.weight$/, ".qweight")) ||
    [...tensors.keys()].some((name) => name.endsWith(".qweight"))
  )
    refuse(
      `The model file's tensors are packed (GPTQ or AWQ: ${needed.replace(/\.weight$/, ".qweight")} and so on)`,
      "Take the bf16 or f16 version of the model, or a GGUF file in Q4_K or Q8_0.",
    );
}
