// GGUF tensors under the names, the shapes and the row order of Hugging Face files.
import { LabError } from "../../lib/errors";
import type { DecoderConfig } from "../../families/config";
import { familyOf } from "../../families/index";
import { checkRange, type ByteSource } from "../files";
import { neededTensors } from "../../families/tensors";
import type { PackedRows, TensorEntry } from "../safetensors";
import type { GgufHeader, GgufTensor } from "./header";
import { dequantize, PACKED, PACKED_BYTES, packBlocks, type QuantType } from "./quants";

/** The model's tensors, each readable as F32 (F16 and BF16 stay), quantised ones also as the engine's own groups. */
export function ggufTensors(
  source: ByteSource,
  header: GgufHeader,
  config: DecoderConfig,
): Map<string, TensorEntry> {
  const entries = new Map<string, TensorEntry>();
  for (const { name, gguf } of neededTensors(config)) {
    const tensor = header.tensors.get(gguf);
    if (!tensor) {
      throw new LabError(
        "model",
        `The tensor ${gguf} (${name}) is missing in ${source.name}.`,
        "Download the GGUF file again.",
      );
    }
    if (!tensor.type.widen) {
      throw new LabError(
        "model",
        `The tensor ${tensor.name} of ${source.name} has the type ${tensor.type.name}, which cannot be read here.`,
        "Take a file in Q8_0, Q6_K, Q5_K, Q4_K, Q4_1, Q4_0, F16, BF16 or F32.",
      );
    }
    entries.set(name, entryOf(source, name, tensor, ggufRow(name, config)));
  }
  return entries;
}

/**
 * The file's row of each row that Hugging Face has. llama.cpp stores q and k of Llama models with the two halves
 * of a head interleaved (its rotary turns neighbours, ours turns halves); null where the order is the same.
 */
export function ggufRow(name: string, config: DecoderConfig): ((row: number) => number) | null {
  if (!familyOf(config).gguf.interleaved || !/self_attn\.[qk]_proj\.weight$/.test(name)) return null;
  const [size, middle] = [config.headDim, config.headDim / 2];
  return (row) => {
    const inHead = row % size;
    const half = inHead < middle ? 0 : 1;
    return row - inHead + 2 * (inHead - half * middle) + half;
  };
}

function entryOf(
  source: ByteSource,
  name: string,
  tensor: GgufTensor,
  order: ((row: number) => number) | null,
): TensorEntry {
  const { shape, type, offset, bytes } = tensor;
  const plain = type.name === "F32" || type.name === "F16" || type.name === "BF16";
  if (plain && !order) return { name, dtype: type.name, shape, source, offset, bytes };
  const rows = shape.length > 1 ? shape.slice(0, -1).reduce((a, b) => a * b, 1) : 1;
  const rowBytes = bytes / rows;
  const readRows = async (first: number, count: number): Promise<Uint8Array> => {
    if (!order) return source.read(offset + first * rowBytes, count * rowBytes);
    // Rows move within their head only: what the heads of these rows hold is enough.
    const wanted = Array.from({ length: count }, (_, i) => order(first + i));
    const from = wanted.reduce((a, b) => Math.min(a, b), Infinity);
    const to = wanted.reduce((a, b) => Math.max(a, b), 0) + 1;
    const block = await source.read(offset + from * rowBytes, (to - from) * rowBytes);
    const out = new Uint8Array(count * rowBytes);
    wanted.forEach((row, i) =>
      out.set(block.subarray((row - from) * rowBytes, (row - from + 1) * rowBytes), i * rowBytes),
    );
    return out;
  };
  const values = shape.at(-1)!;
  const width = plain ? rowBytes : 4 * values;
  const widen = async (first: number, count: number): Promise<Uint8Array> => {
    const raw = await readRows(first, count);
    return plain ? raw : new Uint8Array(dequantize(type, raw).buffer);
  };
  return {
    name,
    dtype: plain ? type.name : "F32",
    shape,
    source: rowSource(source.name, rows, width, widen),
    offset: 0,
    bytes: rows * width,
    ...(plain ? {} : { stored: type.name, storedBytes: bytes }),
    ...(PACKED[type.name] ? { packed: packedRows(name, source.name, type, values, readRows) } : {}),
  };
}

/** Rows that are made as they are read. */
function rowSource(
  name: string,
  rows: number,
  width: number,
  make: (first: number, count: number) => Promise<Uint8Array>,
): ByteSource {
  const source: ByteSource = {
    name,
    size: rows * width,
    read: async (offset, length) => {
      checkRange(source, offset, length);
      if (length === 0) return new Uint8Array();
      const first = Math.floor(offset / width);
      const last = Math.floor((offset + length - 1) / width);
      const bytes = await make(first, last - first + 1);
      return bytes.subarray(offset - first * width, offset - first * width + length);
    },
  };
  return source;
}

function packedRows(
  name: string,
  file: string,
  type: QuantType,
  values: number,
  readRows: (first: number, count: number) => Promise<Uint8Array>,
): PackedRows {
  const dtype = PACKED[type.name]!;
  const groupWords = PACKED_BYTES[dtype] / 4;
  return {
    dtype,
    rowBytes: (values / 32) * PACKED_BYTES[dtype],
    read: async (first, count) => {
      const bytes = packBlocks(type, await readRows(first, count));
      const floats = new Float32Array(bytes.buffer);
      for (let at = 0; at < floats.length; at += groupWords) {
        if (Number.isFinite(floats[at]) && (dtype === "int8" || Number.isFinite(floats[at + 1]))) continue;
        throw new LabError(
          "model",
          `${file} has a scale that is not finite (NaN or infinity) in the tensor ${name}.`,
          "The file is damaged: take another version.",
        );
      }
      return bytes;
    },
  };
}
