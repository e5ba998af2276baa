// The types in which frozen weights are stored on the GPU, and their size in bytes, known from a model's headers
// before it is loaded.
import type { TensorEntry } from "../data/safetensors";
import type { DecoderConfig } from "../families/config";
import { decoderTensors, type NeededTensor } from "../families/tensors";
import { weightRowBytes, type WeightType } from "../gpu/weights";
import { LabError } from "../lib/errors";
import { isFloatType } from "../data/floats";
import { GROUP_MEMBERS, GROUPS, groupShape, paddedShape, type AxisMap } from "./shape";

export type WeightChoice = "as-stored" | "int8" | "int4";

/** A model as the data layer provides it: its config and its tensors. */
export interface LoadedModel {
  name: string;
  config: DecoderConfig;
  tensors: ReadonlyMap<string, TensorEntry>;
}

export const TYPES: Record<string, WeightType> = { F32: "f32", BF16: "bf16", F16: "f16" };

const round16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** Bytes all frozen weights take, without loading them. */
export function weightBytes(
  config: DecoderConfig,
  dtypeOf: (name: string) => WeightType,
  choice: WeightChoice,
): number {
  const shape = paddedShape(config);
  const tensors = decoderTensors(config);
  const vector = (width: number) => round16(4 * width);
  const matrix = (rows: number, cols: number, { name }: NeededTensor) =>
    round16(rows * weightRowBytes(cols, stored(dtypeOf(name), cols, choice)));
  let bytes = matrix(shape.vocab, shape.hidden, tensors.embed);
  if (tensors.head) bytes += matrix(shape.vocab, shape.hidden, tensors.head);
  for (const { linears, norms, biases } of tensors.blocks) {
    for (const group of GROUPS) {
      const { n, k } = groupShape(config, shape, group);
      bytes += matrix(n, k, linears[GROUP_MEMBERS[group][0]]);
    }
    const { q, k, ...wide } = norms;
    bytes += Object.keys(wide).length * vector(shape.hidden);
    bytes += [q, k].filter((norm) => norm).length * vector(shape.head);
    if (Object.keys(biases).length) bytes += vector(shape.qkv);
  }
  // The final norm, and the vector of ones used where heads have no norm.
  return bytes + vector(shape.hidden) + vector(shape.head);
}

/** Quantised types need whole groups of 32 inputs; a matrix that has none keeps the type of the file. */
const stored = (file: WeightType, cols: number, choice: WeightChoice): WeightType =>
  choice === "as-stored" || cols % 32 ? file : choice;

/**
 * The type a file's tensor keeps on the GPU when nothing else was chosen: its own; GGUF blocks that the shaders read
 * stay packed, other GGUF blocks become int8.
 */
export function storedType(entry: TensorEntry | undefined): WeightType {
  if (!entry) return "f32";
  return entry.packed?.dtype ?? (entry.stored ? "int8" : TYPES[entry.dtype]);
}

/** The stored type that a matrix of these members gets: their own when equal, f32 when mixed. */
export function joinedType(
  parts: readonly { entry: TensorEntry; in: AxisMap }[],
  choice: WeightChoice,
): WeightType {
  const cols = parts[0].in.padded;
  const types = new Set(parts.map((p) => storedType(p.entry)));
  const own =
    types.size === 1 ? storedType(parts[0].entry) : types.has("int8") || types.has("int4") ? "int8" : "f32";
  if (
    choice === "as-stored" &&
    (own === "int8" || own === "int4") &&
    (cols % 32 || parts[0].in.real !== cols)
  )
    return "f32";
  return stored(own, cols, choice);
}

/** @throws LabError "model" where the model has no such tensor, or one of another kind. */
export function entryOf(model: LoadedModel, name: string): TensorEntry {
  const entry = model.tensors.get(name);
  if (!entry || !isFloatType(entry.dtype)) {
    throw new LabError(
      "model",
      `The tensor ${name} is missing in ${model.name}, or its values are not floating-point numbers.`,
      "Check the model's files.",
      { tensor: name },
    );
  }
  return entry;
}
