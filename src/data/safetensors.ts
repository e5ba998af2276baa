// Safetensors files: a length, a JSON header, then the values of all tensors end to end. Every number of the
// header is checked against the file before it is used. Sharded models are read through their index file.
import { LabError } from "../lib/errors";
import { isRecord, readJson, type ByteSource, type ModelFolder } from "./files";
import { nameWeights } from "./foreign";
import { FLOAT_BYTES, firstNonFinite, isFloatType, toFloat32 } from "./floats";

/** Bytes a value, by the format's names. */
const DTYPE_BYTES: Readonly<Record<string, number>> = {
  ...FLOAT_BYTES,
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
  ...{ F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1, C64: 8 },
};

/** Bytes: the format's own bound. */
const MAX_HEADER = 100_000_000;

/** Where a tensor lies. */
export interface TensorEntry {
  name: string;
  /** As the file names it: F32, BF16, I32, … */
  dtype: string;
  shape: number[];
  source: ByteSource;
  /** First byte in `source`. */
  offset: number;
  bytes: number;
  /** GGUF only: the type in the file, where `source` widens it to `dtype`, and its bytes there. */
  stored?: string;
  storedBytes?: number;
  /** GGUF only: the same values as stored, where the GPU can read them so. */
  packed?: PackedRows;
}

/** Quantised rows in the engine's own groups of 32 (shaders/common/weights_int8.wgsl and …int4.wgsl). */
export interface PackedRows {
  dtype: "int8" | "int4";
  rowBytes: number;
  /** Rows `[first, first + count)`. @throws LabError "model" for a scale that is not finite. */
  read(first: number, count: number): Promise<Uint8Array>;
}

export interface Tensors {
  tensors: Map<string, TensorEntry>;
  /** `__metadata__` of the (first) file. */
  metadata: Record<string, string>;
}

/**
 * The tensors of a folder: `model.safetensors`, or the shards named by `model.safetensors.index.json`.
 * @param stem name without `.safetensors`; adapters use `adapter_model`.
 * @throws LabError "model" (or `code`) naming file, tensor and bytes.
 */
export async function openSafetensors(
  folder: ModelFolder,
  stem = "model",
  code: "model" | "adapter" = "model",
): Promise<Tensors> {
  const single = await folder.open(`${stem}.safetensors`);
  if (single) return readSafetensors(single, code);
  const indexName = `${stem}.safetensors.index.json`;
  const index = await readJson(folder, indexName);
  if (!index) {
    if (code === "model") await nameWeights(folder);
    throw new LabError(
      code,
      `${folder.name} has neither ${stem}.safetensors nor ${indexName}: the weights are missing.`,
      "Choose the folder that holds the weight files in safetensors format.",
      { folder: folder.name },
    );
  }
  return readShards(folder, indexName, index, code);
}

async function readShards(
  folder: ModelFolder,
  indexName: string,
  index: Record<string, unknown>,
  code: "model" | "adapter",
): Promise<Tensors> {
  const map = index.weight_map;
  const entries = isRecord(map) ? Object.entries(map) : [];
  if (entries.length === 0)
    refuse(code, indexName, "has no weight_map that says which file holds which tensor");
  const files = new Map<string, Tensors>();
  for (const [tensor, file] of entries) {
    if (typeof file !== "string" || !/^[^/\\]+\.safetensors$/.test(file)) {
      refuse(code, indexName, `names no safetensors file for the tensor ${short(tensor, 200)}`);
    }
    if (files.has(file)) continue;
    const source = await folder.open(file);
    if (!source)
      refuse(code, indexName, `names the file ${short(file, 200)}, which is missing in ${folder.name}`);
    files.set(file, await readSafetensors(source, code));
  }
  const tensors = new Map<string, TensorEntry>();
  for (const [tensor, file] of entries) {
    const entry = files.get(file as string)?.tensors.get(tensor);
    if (!entry)
      refuse(
        code,
        short(String(file), 200),
        `lacks the tensor ${short(tensor, 200)}, which ${indexName} places there`,
      );
    tensors.set(tensor, entry);
  }
  return { tensors, metadata: files.values().next().value?.metadata ?? {} };
}

/** The header of one file, checked. @throws LabError `code` */
export async function readSafetensors(
  source: ByteSource,
  code: "model" | "adapter" = "model",
): Promise<Tensors> {
  const { name, size } = source;
  if (size < 8) refuse(code, name, `has ${size} bytes, too few for a safetensors header: it is truncated`);
  const lead = await source.read(0, 8);
  const length = new DataView(lead.buffer, lead.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(size - 8)) {
    refuse(code, name, `says its header has ${length} bytes, but the file has only ${size}`);
  }
  if (length > BigInt(MAX_HEADER))
    refuse(code, name, `has a header of ${length} bytes, more than ${MAX_HEADER}`);
  const headerBytes = Number(length);
  const header = parseHeader(await source.read(8, headerBytes), name, code);
  const start = 8 + headerBytes;
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [tensor, value] of Object.entries(header)) {
    if (tensor === "__metadata__") metadata = readMetadata(value, name, code);
    else tensors.set(tensor, readEntry(source, start, tensor, value, code));
  }
  checkLayout([...tensors.values()], start, source, code);
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array, file: string, code: "model" | "adapter"): Record<string, unknown> {
  if (bytes[0] !== 0x7b)
    refuse(code, file, "has a header that does not begin with “{”: it is no safetensors file");
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    refuse(code, file, `has a header that is not valid JSON (${short(reason, 120)})`);
  }
  return isRecord(value) ? value : refuse(code, file, "has a header that is no JSON object");
}

function readMetadata(value: unknown, file: string, code: "model" | "adapter"): Record<string, string> {
  const good = isRecord(value) && Object.values(value).every((entry) => typeof entry === "string");
  if (!good) refuse(code, file, "has a header whose __metadata__ is not a map of texts");
  return value as Record<string, string>;
}

function readEntry(
  source: ByteSource,
  start: number,
  tensor: string,
  value: unknown,
  code: "model" | "adapter",
): TensorEntry {
  const file = source.name;
  const label = short(tensor, 200);
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const width =
    typeof dtype === "string" && Object.hasOwn(DTYPE_BYTES, dtype) ? DTYPE_BYTES[dtype] : undefined;
  if (width === undefined) {
    const known = Object.keys(DTYPE_BYTES).slice(0, 4).join(", ");
    refuse(
      code,
      file,
      `gives the tensor ${label} the unknown dtype ${short(String(dtype), 40)} (known: ${known}, …)`,
    );
  }
  if (!isWholeArray(shape) || shape.length > 8) {
    refuse(
      code,
      file,
      `gives the tensor ${label} the shape ${short(JSON.stringify(shape) ?? "nothing", 80)}, not whole numbers`,
    );
  }
  if (!isWholeArray(offsets) || offsets.length !== 2 || offsets[1]! < offsets[0]!) {
    refuse(
      code,
      file,
      `gives the tensor ${label} no valid data_offsets (${short(JSON.stringify(offsets) ?? "nothing", 80)})`,
    );
  }
  const [begin, end] = offsets as [number, number];
  // Products of sizes are checked as they grow, so that they stay exact.
  const wanted = shape.reduce((total, n) => (Number.isSafeInteger(total * n) ? total * n : Infinity), width);
  if (wanted !== end - begin) {
    refuse(
      code,
      file,
      `gives the tensor ${label} ${end - begin} bytes, but shape [${shape.join(", ")}] of ${String(dtype)} needs ${wanted}`,
    );
  }
  if (start + end > source.size) {
    refuse(
      code,
      file,
      `is truncated: the tensor ${label} ends at byte ${start + end}, the file at byte ${source.size}`,
    );
  }
  return { name: tensor, dtype: dtype as string, shape, source, offset: start + begin, bytes: end - begin };
}

/** Tensors lie end to end: no overlap, no hole, nothing behind the last one. */
function checkLayout(
  tensors: TensorEntry[],
  start: number,
  source: ByteSource,
  code: "model" | "adapter",
): void {
  const sorted = tensors.toSorted((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let end = start;
  let before = "the header";
  for (const { name, offset, bytes } of sorted) {
    const label = short(name, 200);
    if (offset < end) {
      refuse(
        code,
        source.name,
        `has overlapping tensors: ${label} starts at byte ${offset}, before ${before} ends at byte ${end}`,
      );
    }
    if (offset > end)
      refuse(
        code,
        source.name,
        `has wrong offsets: bytes ${end} to ${offset} before ${label} belong to no tensor`,
      );
    end = offset + bytes;
    before = label;
  }
  if (end !== source.size) {
    refuse(code, source.name, `has ${source.size} bytes, but its header accounts for ${end}`);
  }
}

/** Bytes read at once when a tensor is taken in slices. */
const SLICE = 8 * 2 ** 20;

/**
 * The raw bytes of a tensor in order, in slices of whole values; NaN and infinities are refused on the way.
 * Peak memory is one slice.
 * @throws LabError `code` naming tensor and index.
 */
export async function* tensorSlices(
  entry: TensorEntry,
  sliceBytes = SLICE,
  code: "model" | "adapter" = "model",
): AsyncGenerator<{ offset: number; bytes: Uint8Array }> {
  const step = Math.max(8, sliceBytes - (sliceBytes % 8));
  for (let offset = 0; offset < entry.bytes; offset += step) {
    const bytes = await entry.source.read(entry.offset + offset, Math.min(step, entry.bytes - offset));
    if (isFloatType(entry.dtype)) {
      const bad = firstNonFinite(bytes, entry.dtype);
      if (bad >= 0) {
        const index = offset / FLOAT_BYTES[entry.dtype] + bad;
        throw new LabError(
          code,
          `${entry.source.name} has a value that is not finite (NaN or infinity) in the tensor ${entry.name}, at index ${index}.`,
          "The file is damaged or its training diverged: take another version.",
          { file: entry.source.name, tensor: entry.name, index },
        );
      }
    }
    yield { offset, bytes };
  }
}

/** A whole tensor as f32; for small ones and tests. @throws LabError `code` when it is no float tensor. */
export async function readFloats(
  entry: TensorEntry,
  code: "model" | "adapter" = "model",
): Promise<Float32Array> {
  if (!isFloatType(entry.dtype)) {
    throw new LabError(
      code,
      `The tensor ${entry.name} of ${entry.source.name} has dtype ${entry.dtype}, not a float type.`,
    );
  }
  const out = new Float32Array(entry.bytes / FLOAT_BYTES[entry.dtype]);
  let at = 0;
  for await (const { bytes } of tensorSlices(entry, SLICE, code)) {
    const values = toFloat32(bytes, entry.dtype);
    out.set(values, at);
    at += values.length;
  }
  return out;
}

/** A whole I32 tensor. @throws LabError "model" when it is of another type. */
export async function readInts(entry: TensorEntry): Promise<Int32Array> {
  if (entry.dtype !== "I32") {
    throw new LabError(
      "model",
      `The tensor ${entry.name} of ${entry.source.name} has dtype ${entry.dtype}, expected I32.`,
    );
  }
  return new Int32Array((await entry.source.read(entry.offset, entry.bytes)).slice().buffer);
}

/** A tensor to be written. */
export interface TensorData {
  dtype: "F32" | "I32" | "BF16" | "F16";
  shape: readonly number[];
  values: Float32Array | Int32Array | Uint16Array;
}

/** Bytes a value, for a dtype that the format has. */
export const dtypeBytes = (dtype: string): number => DTYPE_BYTES[dtype] ?? 0;

/** What lies before the values of tensors that follow end to end in this order. */
export function safetensorsHeader(
  tensors: Iterable<readonly [name: string, tensor: { dtype: string; shape: readonly number[] }]>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape }] of tensors) {
    const bytes = shape.reduce((a, b) => a * b, dtypeBytes(dtype));
    header[name] = { dtype, shape, data_offsets: [end, (end += bytes)] };
  }
  // Spaces pad the header so that the values start at a multiple of 8, as the format's own writer does.
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded).fill(0x20, 8);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(text, 8);
  return out;
}

/** A safetensors file with these tensors in this order; `metadata` usually says `{ format: "pt" }`. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorData>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let bytes = 0;
  for (const [name, { dtype, shape, values }] of tensors) {
    bytes += values.byteLength;
    if (shape.reduce((a, b) => a * b, 1) * dtypeBytes(dtype) === values.byteLength) continue;
    throw new LabError(
      "internal",
      `${name}: ${values.byteLength} bytes do not fill shape [${shape.join(", ")}] of ${dtype}.`,
    );
  }
  const header = safetensorsHeader(tensors, metadata);
  const out = new Uint8Array(header.length + bytes);
  out.set(header);
  let at = header.length;
  for (const { values } of tensors.values()) {
    out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return out;
}

function isWholeArray(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}

const short = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

function refuse(code: "model" | "adapter", file: string, what: string): never {
  throw new LabError(code, `${file} ${what}.`, "Download or copy the file again.", { file });
}
