// Checks that a weight file has every tensor the decoder needs, with the right shape and type.
import { LabError } from "../lib/errors";
import type { DecoderConfig } from "../families/config";
import { neededTensors } from "../families/tensors";
import { nameTensors } from "./foreign";
import type { TensorEntry } from "./safetensors";

/** dtypes the engine takes as they are. */
const USABLE = new Set(["F32", "F16", "BF16"]);

/**
 * Every needed tensor is there, has the right shape and a float type. Further tensors are ignored.
 * @param shapeFrom the file that `config` was read from, for the message.
 * @throws LabError "model" naming the first that is missing or wrong.
 */
export function checkTensors(
  config: DecoderConfig,
  tensors: ReadonlyMap<string, TensorEntry>,
  shapeFrom = "config.json",
): void {
  for (const { name, shape } of neededTensors(config)) {
    const entry = tensors.get(name);
    if (!entry) {
      nameTensors(tensors, name);
      throw new LabError(
        "model",
        `The tensor ${name} is missing in the model file.`,
        `Download the model again, or check that ${shapeFrom} belongs to it.`,
        { tensor: name },
      );
    }
    if (entry.shape.length !== shape.length || shape.some((n, axis) => n !== entry.shape[axis])) {
      throw new LabError(
        "model",
        `The tensor ${name} has shape [${entry.shape.join(", ")}], but ${shapeFrom} asks for [${shape.join(", ")}].`,
        `Take ${shapeFrom} and weights from the same model.`,
        { tensor: name, file: entry.source.name },
      );
    }
    if (!USABLE.has(entry.dtype)) {
      throw new LabError(
        "model",
        `The tensor ${name} has dtype ${entry.dtype}, but only F32, F16 and BF16 can be used.`,
        "Take the bf16 or f16 version of the model.",
        { tensor: name, file: entry.source.name, dtype: entry.dtype },
      );
    }
  }
}
