// Uploads one frozen matrix: streams its rows from the file, pads them, joins matrices that read the same input,
// converts to the chosen type, and splits into shards if one binding would be too large.
import { FLOAT_BYTES, isFloatType, toFloat32 } from "../data/floats";
import { tensorSlices, type TensorEntry } from "../data/safetensors";
import type { Gpu } from "../gpu/gpu";
import { weightRowBytes, type WeightShard, type WeightType } from "../gpu/weights";
import { LabError } from "../lib/errors";
import { quantizeRow } from "./quantize";
import { axisAt, type AxisMap } from "./shape";
import { joinedType, TYPES, type WeightChoice } from "./weightTypes";

const SHARD_ROWS_UNIT = 64;
/** Bytes of packed rows in one write. */
const PACKED_SLICE = 4 * 2 ** 20;

/** One tensor of a file, and where its rows and columns lie in the padded matrix. */
export interface MatrixPart {
  entry: TensorEntry;
  out: AxisMap;
  in: AxisMap;
}

/**
 * Uploads matrices that read the same input as one, stacked by output rows.
 * @param progress bytes of the file that were read
 * @throws LabError "model" for broken tensors, "gpu-limit" when a row does not fit a binding.
 */
export async function uploadMatrix(
  gpu: Gpu,
  label: string,
  parts: readonly MatrixPart[],
  choice: WeightChoice,
  progress: (bytes: number) => void,
): Promise<WeightShard[]> {
  const shards = emptyShards(gpu, label, parts, joinedType(parts, choice));
  let start = 0;
  for (const part of parts) {
    await uploadPart(gpu, part, shards, start, shards[0].dtype, progress);
    start += part.out.padded;
  }
  return shards;
}

/** Buffers for the rows of all parts. */
function emptyShards(
  gpu: Gpu,
  label: string,
  parts: readonly MatrixPart[],
  dtype: WeightType,
): WeightShard[] {
  const cols = parts[0].in.padded;
  const rows = parts.reduce((sum, part) => sum + part.out.padded, 0);
  const rowBytes = weightRowBytes(cols, dtype);
  const limit = Math.min(gpu.device.limits.maxStorageBufferBindingSize, gpu.device.limits.maxBufferSize);
  const perShard = Math.floor(limit / rowBytes / SHARD_ROWS_UNIT) * SHARD_ROWS_UNIT;
  if (perShard < SHARD_ROWS_UNIT)
    throw new LabError(
      "gpu-limit",
      `${label}: 64 rows of ${rowBytes} bytes pass this device's limit of ${limit} bytes.`,
    );
  const shards: WeightShard[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += perShard) {
    const count = Math.min(perShard, rows - firstRow);
    const tensor = gpu.alloc([(count * rowBytes) / 4], "u32", `${label} ${dtype}`, "weights");
    shards.push({ tensor, dtype, firstRow, rows: count, cols });
  }
  return shards;
}

/** Where one part's rows go. */
interface Target {
  gpu: Gpu;
  shards: readonly WeightShard[];
  /** The part's first row in the joined matrix. */
  start: number;
  dtype: WeightType;
  /** Of a stored row, padding included. */
  rowBytes: number;
}

/** Streams one file matrix into rows `start …` of the joined matrix. */
async function uploadPart(
  gpu: Gpu,
  part: MatrixPart,
  shards: readonly WeightShard[],
  start: number,
  dtype: WeightType,
  progress: (bytes: number) => void,
): Promise<void> {
  const { cols } = shards[0];
  const target = { gpu, shards, start, dtype, rowBytes: weightRowBytes(cols, dtype) };
  const packed = part.entry.packed?.dtype === dtype && part.in.real === cols ? part.entry.packed : null;
  await (packed ? uploadPacked(target, part, packed, progress) : uploadStream(target, part, cols, progress));
}

/** Writes whole rows from the part's padded row `row` on, over the shards that they lie in. */
function writeRows({ gpu, shards, start, rowBytes }: Target, row: number, bytes: Uint8Array): void {
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
}

/** Rows that the file holds in the stored type already. Rows of a block stay together in the padded axis: one write. */
async function uploadPacked(
  target: Target,
  { entry, out }: MatrixPart,
  packed: NonNullable<TensorEntry["packed"]>,
  progress: (bytes: number) => void,
): Promise<void> {
  const step = Math.max(1, Math.floor(PACKED_SLICE / target.rowBytes));
  for (let row = 0; row < out.real;) {
    const count = Math.min(step, out.real - row, out.block - (row % out.block));
    writeRows(target, axisAt(out, row), await packed.read(row, count));
    row += count;
    progress((entry.bytes / out.real) * count);
  }
}

/** Rows in slices of the file, converted where they are not stored as they are. @throws LabError "model" */
async function uploadStream(
  target: Target,
  part: MatrixPart,
  cols: number,
  progress: (bytes: number) => void,
): Promise<void> {
  const { entry, out } = part;
  const { dtype, rowBytes } = target;
  if (!isFloatType(entry.dtype)) throw new LabError("model", `${entry.name} has dtype ${entry.dtype}.`);
  const fileRow = part.in.real * FLOAT_BYTES[entry.dtype];
  const direct = dtype === TYPES[entry.dtype] && part.in.real === cols && part.in.block === part.in.real;
  let carry = new Uint8Array(0);
  let row = 0;
  for await (const { bytes } of tensorSlices(entry)) {
    const chunk = joined(carry, bytes);
    const rows = Math.floor(chunk.length / fileRow);
    for (let done = 0; done < rows;) {
      const count = Math.min(rows - done, out.block - (row % out.block));
      const raw = chunk.subarray(done * fileRow, (done + count) * fileRow);
      const stored = direct ? raw : repack(raw, entry.dtype, part.in, cols, dtype, rowBytes);
      writeRows(target, axisAt(out, row), stored);
      row += count;
      done += count;
    }
    carry = chunk.slice(rows * fileRow);
    progress(bytes.length);
  }
}

/** What the slice before left of a row, and the next slice. */
function joined(carry: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (carry.length === 0) return bytes;
  const chunk = new Uint8Array(carry.length + bytes.length);
  chunk.set(carry);
  chunk.set(bytes, carry.length);
  return chunk;
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
