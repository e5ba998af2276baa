// Which tensors a decoder needs, by the names of Hugging Face files, and whether a file has them.
import { LabError } from "../lib/errors";
import { LINEARS, linearShape, modulePath, type DecoderConfig } from "../families/config";
import type { TensorEntry } from "./safetensors";

/** dtypes the engine takes as they are. */
const USABLE = new Set(["F32", "F16", "BF16"]);

export interface NeededTensor {
  name: string;
  shape: number[];
}

/** Every weight of the model, in the order of the forward pass. */
export function neededTensors(config: DecoderConfig): NeededTensor[] {
  const { hidden, vocab, headDim } = config;
  const needed: NeededTensor[] = [{ name: "model.embed_tokens.weight", shape: [vocab, hidden] }];
  for (let layer = 0; layer < config.layers; layer++) {
    const block = `model.layers.${layer}`;
    needed.push({ name: `${block}.input_layernorm.weight`, shape: [hidden] });
    if (config.qkNorm) {
      for (const part of ["q_norm", "k_norm"])
        needed.push({ name: `${block}.self_attn.${part}.weight`, shape: [headDim] });
    }
    for (const linear of LINEARS) {
      const path = `model.${modulePath(layer, linear)}`;
      const shape = linearShape(config, linear);
      needed.push({ name: `${path}.weight`, shape });
      const biased = config.qkvBias && (linear === "q_proj" || linear === "k_proj" || linear === "v_proj");
      if (biased) needed.push({ name: `${path}.bias`, shape: [shape[0]] });
    }
    needed.push({ name: `${block}.post_attention_layernorm.weight`, shape: [hidden] });
  }
  needed.push({ name: "model.norm.weight", shape: [hidden] });
  if (!config.tiedHead) needed.push({ name: "lm_head.weight", shape: [vocab, hidden] });
  return needed;
}

/** Weights of the model, each counted once. */
export function parameterCount(config: DecoderConfig): number {
  return neededTensors(config).reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
}

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
