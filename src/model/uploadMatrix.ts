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

/** Streams one file matrix into rows `start …` of the joined matrix. */
async function uploadPart(
  gpu: Gpu,
  part: MatrixPart,
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
