// GGUF's block formats, widened to f32. Each value is computed with the roundings of ggml's reference, so the
// result equals it to the bit. Layouts: a block of 32 or 256 values along a row, its scales beside them.
import { halfToFloat } from "../floats";

export interface QuantType {
  name: string;
  /** Values a block. */
  values: number;
  /** Bytes a block. */
  bytes: number;
  /** Widens one block: `at` is its first byte, `to` the first value. Absent: known by size, not readable here. */
  widen?: (from: Uint8Array, at: number, out: Float32Array, to: number) => void;
}

const f32 = Math.fround;

let halves: Float32Array | null = null;
/** f16 at a byte address. All 65,536 are tabled on first use. */
function half(bytes: Uint8Array, at: number): number {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToFloat(bits));
  return halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

/** Q4_0, Q4_1, Q5_0, Q5_1: byte j of the 16 holds values j (low half) and j + 16 (high half). */
function nibbleBlock(bits: 4 | 5, withMinimum: boolean): QuantType["widen"] {
  const quants = (withMinimum ? 4 : 2) + (bits === 5 ? 4 : 0);
  const centre = withMinimum ? 0 : bits === 5 ? 16 : 8;
  return (from, at, out, to) => {
    const scale = half(from, at);
    const minimum = withMinimum ? half(from, at + 2) : 0;
    const fifth = at + (withMinimum ? 4 : 2);
    for (let i = 0; i < 32; i++) {
      const byte = from[at + quants + (i & 15)]!;
      let q = i < 16 ? byte & 15 : byte >> 4;
      if (bits === 5) q |= ((from[fifth + (i >> 3)]! >> (i & 7)) & 1) << 4;
      const value = f32(scale * (q - centre));
      // Adding a zero would lose the sign of −0.
      out[to + i] = withMinimum ? value + minimum : value;
    }
  };
}

/** Scale and minimum of the eight groups of a Q4_K or Q5_K block: 6 bits each, packed in 12 bytes. */
function groupScale(from: Uint8Array, at: number, group: number): [number, number] {
  if (group < 4) return [from[at + group]! & 63, from[at + 4 + group]! & 63];
  const [low, mid, top] = [from[at + group - 4]!, from[at + group]!, from[at + group + 4]!];
  return [(top & 15) | ((low >> 2) & 48), (top >> 4) | ((mid >> 2) & 48)];
}

/** Q4_K and Q5_K: d, dmin, 12 bytes of scales, (32 bytes of fifth bits,) 128 bytes of nibbles. */
function superBlock(bits: 4 | 5): QuantType["widen"] {
  const quants = bits === 5 ? 48 : 16;
  return (from, at, out, to) => {
    const d = half(from, at);
    const dMin = half(from, at + 2);
    for (let group = 0; group < 8; group++) {
      const [scale, min] = groupScale(from, at + 4, group);
      const step = f32(d * scale);
      const base = f32(dMin * min);
      // Two groups share 32 bytes: the first in the low halves, the second in the high ones.
      const bytes = at + quants + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) {
        let q = (from[bytes + i]! >> shift) & 15;
        if (bits === 5) q |= ((from[at + 16 + i]! >> group) & 1) << 4;
        out[to + group * 32 + i] = f32(step * q) - base;
      }
    }
  };
}

/** Q6_K: 128 bytes of low halves, 64 of high pairs, 16 signed scales (one a 16 values), d. */
function sixBits(from: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(from, at + 208);
  for (let i = 0; i < 256; i++) {
    const [side, row, column] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = (from[at + side * 64 + (row & 1) * 32 + column]! >> ((row >> 1) * 4)) & 15;
    const high = (from[at + 128 + side * 32 + column]! >> (row * 2)) & 3;
    const scale = (from[at + 192 + (i >> 4)]! << 24) >> 24;
    out[to + i] = f32(f32(d * scale) * ((low | (high << 4)) - 32));
  }
}

function eightBits(from: Uint8Array, at: number, out: Float32Array, to: number): void {
  const scale = half(from, at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * ((from[at + 2 + i]! << 24) >> 24);
}

const float32 = new Float32Array(1);
const float32Bytes = new Uint8Array(float32.buffer);
function single(from: Uint8Array, at: number, out: Float32Array, to: number): void {
  for (let i = 0; i < 4; i++) float32Bytes[i] = from[at + i]!;
  out[to] = float32[0]!;
}

function brain(from: Uint8Array, at: number, out: Float32Array, to: number): void {
  float32Bytes.fill(0, 0, 2);
  float32Bytes[2] = from[at]!;
  float32Bytes[3] = from[at + 1]!;
  out[to] = float32[0]!;
}

/** By the number that a file gives. Types without `widen` are refused by name. */
export const QUANT_TYPES: ReadonlyMap<number, QuantType> = new Map(
  (
    [
      [0, "F32", 1, 4, single],
      [1, "F16", 1, 2, (from, at, out, to) => void (out[to] = half(from, at))],
      [2, "Q4_0", 32, 18, nibbleBlock(4, false)],
      [3, "Q4_1", 32, 20, nibbleBlock(4, true)],
      [6, "Q5_0", 32, 22, nibbleBlock(5, false)],
      [7, "Q5_1", 32, 24, nibbleBlock(5, true)],
      [8, "Q8_0", 32, 34, eightBits],
      [12, "Q4_K", 256, 144, superBlock(4)],
      [13, "Q5_K", 256, 176, superBlock(5)],
      [14, "Q6_K", 256, 210, sixBits],
      [30, "BF16", 1, 2, brain],
      [9, "Q8_1", 32, 40],
      [10, "Q2_K", 256, 84],
      [11, "Q3_K", 256, 110],
      [15, "Q8_K", 256, 292],
      [16, "IQ2_XXS", 256, 66],
      [17, "IQ2_XS", 256, 74],
      [18, "IQ3_XXS", 256, 98],
      [19, "IQ1_S", 256, 50],
      [20, "IQ4_NL", 32, 18],
      [21, "IQ3_S", 256, 110],
      [22, "IQ2_S", 256, 82],
      [23, "IQ4_XS", 256, 136],
      [24, "I8", 1, 1],
      [25, "I16", 1, 2],
      [26, "I32", 1, 4],
      [27, "I64", 1, 8],
      [28, "F64", 1, 8],
      [29, "IQ1_M", 256, 56],
      [34, "TQ1_0", 256, 54],
      [35, "TQ2_0", 256, 66],
      [39, "MXFP4", 32, 17],
    ] as [number, string, number, number, QuantType["widen"]?][]
  ).map(([id, name, values, bytes, widen]) => [id, { name, values, bytes, ...(widen ? { widen } : {}) }]),
);

/** Whole blocks → f32. */
export function dequantize(type: QuantType, bytes: Uint8Array): Float32Array {
  const blocks = bytes.length / type.bytes;
  const out = new Float32Array(blocks * type.values);
  for (let block = 0; block < blocks; block++)
    type.widen!(bytes, block * type.bytes, out, block * type.values);
  return out;
}

/** What the GPU reads as it lies in the file, but for the order of bits: groups of 32 with an f32 scale. */
export type PackedType = "int8" | "int4";
export const PACKED: Readonly<Record<string, PackedType>> = { Q8_0: "int8", Q4_0: "int4", Q4_1: "int4" };
/** Bytes a group of 32: int8 = scale + 32 signed bytes; int4 = scale + offset + 32 nibbles, low first. */
export const PACKED_BYTES: Readonly<Record<PackedType, number>> = { int8: 36, int4: 24 };

/**
 * Blocks of Q8_0, Q4_0 or Q4_1 → the engine's int8 or int4 groups (shaders/common/weights_int8.wgsl, …int4). The
 * values stay the same to the bit: scales widen exactly, and value = scale · q + offset.
 */
export function packBlocks(type: QuantType, bytes: Uint8Array): Uint8Array {
  const packed = PACKED[type.name]!;
  const blocks = bytes.length / type.bytes;
  const size = PACKED_BYTES[packed];
  const out = new Uint8Array(blocks * size);
  const floats = new Float32Array(out.buffer);
  for (let block = 0; block < blocks; block++) {
    const [from, to] = [block * type.bytes, block * size];
    const scale = half(bytes, from);
    floats[to / 4] = scale;
    if (packed === "int8") {
      out.set(bytes.subarray(from + 2, from + 34), to + 4);
      continue;
    }
    floats[to / 4 + 1] = type.name === "Q4_1" ? half(bytes, from + 2) : -8 * scale;
    const quants = from + (type.name === "Q4_1" ? 4 : 2);
    // Their byte j holds values j and j + 16; ours holds 2j and 2j + 1.
    for (let j = 0; j < 8; j++) {
      const [a, b] = [bytes[quants + 2 * j]!, bytes[quants + 2 * j + 1]!];
      out[to + 8 + j] = (a & 15) | ((b & 15) << 4);
      out[to + 16 + j] = (a >> 4) | (b & 240);
    }
  }
  return out;
}
