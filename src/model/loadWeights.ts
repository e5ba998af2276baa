// Frozen weights: file → padded, joined, sharded GPU buffers, in slices. Stored types stay as they are unless the
// person chose int8 or int4, which are made here, a group of 32 along the input axis at a time.
import type { TensorEntry } from "../data/safetensors";
import { FLOAT_BYTES, isFloatType, toFloat32 } from "../data/floats";
import { readFloats, tensorSlices } from "../data/safetensors";
import type { Gpu } from "../gpu/gpu";
import type { Tensor } from "../gpu/tensor";
import { weightRowBytes, type WeightShard, type WeightType } from "../gpu/weights";
import { LabError } from "../lib/errors";
import { modulePath, type DecoderConfig } from "../families/config";
import { quantizeRow } from "./quantize";
import {
  axisAt,
  GROUP_MEMBERS,
  GROUPS,
  linearAxes,
  paddedShape,
  type AxisMap,
  type GroupName,
  type PaddedShape,
} from "./shape";

export type WeightChoice = "as-stored" | "int8" | "int4";

/** A model as the data layer hands it over: what it is and where its tensors lie. */
export interface LoadedModel {
  name: string;
  config: DecoderConfig;
  tensors: ReadonlyMap<string, TensorEntry>;
}

export interface LayerWeights {
  groups: Record<GroupName, WeightShard[]>;
  qkvBias: Tensor | null;
  norm1: Tensor;
  norm2: Tensor;
  /** Ones where the model has no q/k norm; then the kernel skips them. */
  qNorm: Tensor;
  kNorm: Tensor;
}

export interface ModelWeights {
  config: DecoderConfig;
  shape: PaddedShape;
  embed: WeightShard[];
  /** The embedding again when tied. */
  head: WeightShard[];
  layers: LayerWeights[];
  finalNorm: Tensor;
  all: Tensor[];
}

const TYPES: Record<string, WeightType> = { F32: "f32", BF16: "bf16", F16: "f16" };
const SHARD_ROWS_UNIT = 64;
/** Bytes of packed rows in one write. */
const PACKED_SLICE = 4 * 2 ** 20;

/** Bytes all frozen weights take, without loading them. */
export function weightBytes(
  config: DecoderConfig,
  dtypeOf: (name: string) => WeightType,
  choice: WeightChoice,
): number {
  const shape = paddedShape(config);
  const matrix = (rows: number, cols: number, name: string) =>
    round16(rows * weightRowBytes(cols, stored(dtypeOf(name), cols, choice)));
  let bytes = matrix(shape.vocab, shape.hidden, "model.embed_tokens.weight");
  if (!config.tiedHead) bytes += matrix(shape.vocab, shape.hidden, "lm_head.weight");
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of GROUPS) {
      const axes = GROUP_MEMBERS[group].map((m) => linearAxes(config, shape, m));
      const rows = axes.reduce((sum, a) => sum + a.out.padded, 0);
      bytes += matrix(rows, axes[0].in.padded, `model.${modulePath(layer, GROUP_MEMBERS[group][0])}.weight`);
    }
    bytes +=
      2 * round16(4 * shape.hidden) +
      (config.qkNorm ? 2 * round16(4 * shape.head) : 0) +
      (config.qkvBias ? round16(4 * shape.qkv) : 0);
  }
  return bytes + round16(4 * shape.hidden) + round16(4 * shape.head);
}

const round16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

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
function joinedType(parts: readonly { entry: TensorEntry; in: AxisMap }[], choice: WeightChoice): WeightType {
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

function entryOf(model: LoadedModel, name: string): TensorEntry {
  const entry = model.tensors.get(name);
  if (!entry || !isFloatType(entry.dtype)) {
    throw new LabError(
      "model",
      `The tensor ${name} is missing in ${model.name} or is no float tensor.`,
      "Check the model's files.",
      { tensor: name },
    );
  }
  return entry;
}

/**
 * Uploads every frozen weight.
 * @param onProgress bytes of the files read so far.
 * @throws LabError "model" for missing or broken tensors, "gpu-limit" when a row does not fit a binding.
 */
export async function uploadWeights(
  gpu: Gpu,
  model: LoadedModel,
  choice: WeightChoice,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ModelWeights> {
  const { config } = model;
  const shape = paddedShape(config);
  const all: Tensor[] = [];
  let done = 0;
  const total = [...model.tensors.values()].reduce((sum, t) => sum + t.bytes, 0);
  const progress = (bytes: number) => onProgress((done += bytes), total);

  const matrix = async (
    label: string,
    parts: { entry: TensorEntry; out: AxisMap; in: AxisMap }[],
  ): Promise<WeightShard[]> => {
    const cols = parts[0].in.padded;
    const dtype = joinedType(parts, choice);
    const rows = parts.reduce((sum, p) => sum + p.out.padded, 0);
    const rowBytes = weightRowBytes(cols, dtype);
    const shards: WeightShard[] = [];
    const limit = Math.min(gpu.device.limits.maxStorageBufferBindingSize, gpu.device.limits.maxBufferSize);
    const perShard = Math.floor(limit / rowBytes / SHARD_ROWS_UNIT) * SHARD_ROWS_UNIT;
    if (perShard < SHARD_ROWS_UNIT)
      throw new LabError(
        "gpu-limit",
        `${label}: 64 rows of ${rowBytes} bytes pass this device's limit of ${limit} bytes.`,
      );
    for (let firstRow = 0; firstRow < rows; firstRow += perShard) {
      const count = Math.min(perShard, rows - firstRow);
      const tensor = gpu.alloc([(count * rowBytes) / 4], "u32", `${label} ${dtype}`, "weights");
      all.push(tensor);
      shards.push({ tensor, dtype, firstRow, rows: count, cols });
    }
    let start = 0;
    for (const part of parts) {
      await uploadPart(gpu, part, shards, start, dtype, progress);
      start += part.out.padded;
    }
    return shards;
  };
  const vector = async (name: string, axis: AxisMap): Promise<Tensor> => {
    const entry = entryOf(model, name);
    const values = await readFloats(entry);
    const padded = new Float32Array(axis.padded);
    for (let i = 0; i < axis.real; i++) padded[axisAt(axis, i)] = values[i];
    progress(entry.bytes);
    const tensor = gpu.upload(padded, [axis.padded], name, "weights");
    all.push(tensor);
    return tensor;
  };

  const hidden: AxisMap = {
    real: config.hidden,
    padded: shape.hidden,
    block: config.hidden,
    stride: shape.hidden,
  };
  const headAxis: AxisMap = {
    real: config.headDim,
    padded: shape.head,
    block: config.headDim,
    stride: shape.head,
  };
  const vocab: AxisMap = {
    real: config.vocab,
    padded: shape.vocab,
    block: config.vocab,
    stride: shape.vocab,
  };
  const ones = gpu.upload(new Float32Array(shape.head).fill(1), [shape.head], "no q/k norm", "weights");
  all.push(ones);
  const embed = await matrix("embed_tokens", [
    { entry: entryOf(model, "model.embed_tokens.weight"), out: vocab, in: hidden },
  ]);
  const head = config.tiedHead
    ? embed
    : await matrix("lm_head", [{ entry: entryOf(model, "lm_head.weight"), out: vocab, in: hidden }]);
  const layers: LayerWeights[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const groups = {} as Record<GroupName, WeightShard[]>;
    for (const group of GROUPS) {
      const parts = GROUP_MEMBERS[group].map((member) => ({
        entry: entryOf(model, `model.${modulePath(layer, member)}.weight`),
        ...linearAxes(config, shape, member),
      }));
      groups[group] = await matrix(`layer ${layer} ${group}`, parts);
    }
    let qkvBias: Tensor | null = null;
    if (config.qkvBias) {
      const padded = new Float32Array(shape.qkv);
      let start = 0;
      for (const member of GROUP_MEMBERS.qkv) {
        const { out } = linearAxes(config, shape, member);
        const values = await readFloats(entryOf(model, `model.${modulePath(layer, member)}.bias`));
        for (let i = 0; i < out.real; i++) padded[start + axisAt(out, i)] = values[i];
        start += out.padded;
      }
      qkvBias = gpu.upload(padded, [shape.qkv], `layer ${layer} qkv bias`, "weights");
      all.push(qkvBias);
    }
    const block = `model.layers.${layer}`;
    layers.push({
      groups,
      qkvBias,
      norm1: await vector(`${block}.input_layernorm.weight`, hidden),
      norm2: await vector(`${block}.post_attention_layernorm.weight`, hidden),
      qNorm: config.qkNorm ? await vector(`${block}.self_attn.q_norm.weight`, headAxis) : ones,
      kNorm: config.qkNorm ? await vector(`${block}.self_attn.k_norm.weight`, headAxis) : ones,
    });
  }
  const finalNorm = await vector("model.norm.weight", hidden);
  return { config, shape, embed, head, layers, finalNorm, all };
}

/** Streams one file matrix into rows `start …` of the joined matrix. */
async function uploadPart(
  gpu: Gpu,
  part: { entry: TensorEntry; out: AxisMap; in: AxisMap },
  shards: WeightShard[],
  start: number,
  dtype: WeightType,
  progress: (bytes: number) => void,
): Promise<void> {
  const { entry } = part;
  if (!isFloatType(entry.dtype)) throw new LabError("model", `${entry.name} has dtype ${entry.dtype}.`);
  const unit = FLOAT_BYTES[entry.dtype];
  const fileRow = part.in.real * unit;
  const cols = shards[0].cols;
  const rowBytes = weightRowBytes(cols, dtype);
  const packed = entry.packed?.dtype === dtype && part.in.real === cols ? entry.packed : null;
  const direct = dtype === TYPES[entry.dtype] && part.in.real === cols && part.in.block === part.in.real;
  // Rows of a block lie one behind the other in the padded axis too, so blocks are written in one piece.
  const write = (row: number, bytes: Uint8Array) => {
    let written = 0;
    while (written < bytes.length) {
      const at = start + row + written / rowBytes;
      const shard = shards.find((s) => at >= s.firstRow && at < s.firstRow + s.rows)!;
      const count = Math.min((bytes.length - written) / rowBytes, shard.firstRow + shard.rows - at);
      gpu.write(
        shard.tensor,
        bytes.subarray(written, written + count * rowBytes),
        (at - shard.firstRow) * rowBytes,
      );
      written += count * rowBytes;
    }
  };
  if (packed) {
    const step = Math.max(1, Math.floor(PACKED_SLICE / rowBytes));
    for (let row = 0; row < part.out.real;) {
      const count = Math.min(step, part.out.real - row, part.out.block - (row % part.out.block));
      write(axisAt(part.out, row), await packed.read(row, count));
      row += count;
      progress((entry.bytes / part.out.real) * count);
    }
    return;
  }
  let carry = new Uint8Array(0);
  let row = 0;
  for await (const { bytes } of tensorSlices(entry)) {
    let chunk = bytes;
    if (carry.length) {
      chunk = new Uint8Array(carry.length + bytes.length);
      chunk.set(carry);
      chunk.set(bytes, carry.length);
    }
    const rows = Math.floor(chunk.length / fileRow);
    for (let done = 0; done < rows;) {
      const inBlock = part.out.block - (row % part.out.block);
      const count = Math.min(rows - done, inBlock);
      const raw = chunk.subarray(done * fileRow, (done + count) * fileRow);
      write(axisAt(part.out, row), direct ? raw : repack(raw, entry.dtype, part.in, cols, dtype, rowBytes));
      row += count;
      done += count;
    }
    carry = chunk.slice(rows * fileRow);
    progress(bytes.length);
  }
}

/** Rows of a file → padded rows of the stored type. */
function repack(
  raw: Uint8Array,
  from: string,
  axis: AxisMap,
  cols: number,
  dtype: WeightType,
  rowBytes: number,
): Uint8Array {
  if (!isFloatType(from)) throw new LabError("model", `A tensor has dtype ${from}.`);
  const unit = FLOAT_BYTES[from];
  const rows = raw.length / (axis.real * unit);
  const out = new Uint8Array(rows * rowBytes);
  if (dtype === TYPES[from]) {
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < axis.real; i += axis.block) {
        const source = (r * axis.real + i) * unit;
        out.set(raw.subarray(source, source + axis.block * unit), r * rowBytes + axisAt(axis, i) * unit);
      }
    }
    return out;
  }
  const values = toFloat32(raw, from);
  const padded = new Float32Array(cols);
  for (let r = 0; r < rows; r++) {
    padded.fill(0);
    for (let i = 0; i < axis.real; i++) padded[axisAt(axis, i)] = values[r * axis.real + i];
    if (dtype === "f32") out.set(new Uint8Array(padded.buffer), r * rowBytes);
    else out.set(quantizeRow(padded, dtype === "int4" ? "int4" : "int8"), r * rowBytes);
  }
  return out;
}
