// Opens a model folder and checks all of it before anything is uploaded to the GPU or stored.
import { LabError } from "../lib/errors";
import type { DecoderConfig } from "../families/config";
import type { ByteSource, ModelFolder } from "./files";
import { loadModelConfig } from "./modelConfig";
import { neededTensors } from "../families/tensors";
import { checkTensors } from "./modelTensors";
import { openSafetensors, tensorSlices, type TensorEntry } from "./safetensors";
import { loadTokenizer, type TextTokenizer } from "./tokenizer";

export interface OpenModel {
  /** For messages and the run's record. */
  name: string;
  config: DecoderConfig;
  tensors: ReadonlyMap<string, TensorEntry>;
  /** null only when asked for without. */
  tokenizer: TextTokenizer | null;
  /** Bytes of the needed tensors as stored. */
  weightBytes: number;
  /** Every file that was opened: what the model is made of. */
  files: readonly ByteSource[];
  /** The commit on the hub, where it comes from there. */
  revision?: string | null;
  /** In the library: its folder there, and `filesHash` where it was noted before. */
  stored?: { modelId: string; hash: string | null };
}

/**
 * Shape, weight headers and tokenizer of a folder. Values are not read: they are checked for NaN as they are
 * uploaded (`tensorSlices`), or all at once by `checkValues`.
 * @param options.tokenizer false for models that come without (golden cases in numbers only).
 * @throws LabError "model" with the first thing that is wrong.
 */
export async function openModel(
  given: ModelFolder,
  options: { tokenizer?: boolean } = {},
): Promise<OpenModel> {
  const opened = new Map<string, ByteSource>();
  const folder: ModelFolder = {
    ...given,
    open: async (name) => {
      const source = await given.open(name);
      if (source) opened.set(name, source);
      return source;
    },
  };
  const config = await loadModelConfig(folder);
  const tokenizer = options.tokenizer === false ? null : await loadTokenizer(folder, config.vocab);
  const { tensors } = await openSafetensors(folder);
  checkTensors(config, tensors);
  return checkedModel(folder.name, config, tensors, tokenizer, [...opened.values()]);
}

/** Fills in what tokenizer and config must agree on. */
export function checkedModel(
  name: string,
  config: DecoderConfig,
  tensors: ReadonlyMap<string, TensorEntry>,
  tokenizer: TextTokenizer | null,
  files: readonly ByteSource[],
): OpenModel {
  if (tokenizer && tokenizer.vocabSize > config.vocab) {
    throw new LabError(
      "model",
      `The tokenizer of ${name} knows ${tokenizer.vocabSize} tokens, but its vocabulary is said to have ${config.vocab}.`,
      "Take tokenizer and weights from the same model.",
    );
  }
  // The files disagree in the wild: base models name one end token and close a turn with another. Any of them ends it.
  const eosTokenIds = [...new Set([...config.eosTokenIds, ...(tokenizer?.eosIds ?? [])])];
  const outside = eosTokenIds.find((id) => id >= config.vocab);
  if (outside !== undefined) {
    throw new LabError(
      "model",
      `The end token ${outside} of ${name} is outside its vocabulary of ${config.vocab}.`,
    );
  }
  const weightBytes = neededTensors(config).reduce((total, tensor) => {
    const entry = tensors.get(tensor.name);
    return total + (entry?.storedBytes ?? entry?.bytes ?? 0);
  }, 0);
  return { name, config: { ...config, eosTokenIds }, tensors, tokenizer, weightBytes, files };
}

/** Reads every needed weight once. @throws LabError "model" at the first NaN or infinity. */
export async function checkValues(model: OpenModel): Promise<void> {
  for (const { name } of neededTensors(model.config)) {
    const slices = tensorSlices(model.tensors.get(name)!);
    while (!(await slices.next()).done);
  }
}
