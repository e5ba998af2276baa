// Converts stored numbers to f32 and checks, on their bits, that all of them are finite.

export type FloatType = "F32" | "F16" | "BF16" | "F64";

/** Bytes a value. */
export const FLOAT_BYTES: Record<FloatType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

export function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(FLOAT_BYTES, dtype);
}

/** The bytes at an address that is a multiple of `unit`: typed arrays need that; slices of files do not have it. */
export function aligned(bytes: Uint8Array, unit: number): Uint8Array {
  return bytes.byteOffset % unit === 0 ? bytes : bytes.slice();
}

/** Index of the first NaN or infinity among little-endian values, or −1. */
export function firstNonFinite(bytes: Uint8Array, dtype: FloatType): number {
  const { buffer, byteOffset, byteLength } = aligned(bytes, FLOAT_BYTES[dtype]);
  if (dtype === "F64")
    return new Float64Array(buffer, byteOffset, byteLength / 8).findIndex((v) => !Number.isFinite(v));
  // All exponent bits set means NaN or infinity. On the words, since a NaN's payload must not matter.
  if (dtype === "F32") return firstMasked(new Uint32Array(buffer, byteOffset, byteLength / 4), 0x7f800000);
  return firstMasked(new Uint16Array(buffer, byteOffset, byteLength / 2), dtype === "BF16" ? 0x7f80 : 0x7c00);
}

function firstMasked(words: Uint32Array | Uint16Array, exponent: number): number {
  for (let i = 0; i < words.length; i++) if ((words[i]! & exponent) === exponent) return i;
  return -1;
}

/** Little-endian values widened to f32: exact for f16 and bf16, rounded for f64. A new array. */
export function toFloat32(bytes: Uint8Array, dtype: FloatType): Float32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes, FLOAT_BYTES[dtype]);
  if (dtype === "F32") return new Float32Array(buffer, byteOffset, byteLength / 4).slice();
  if (dtype === "F64") return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const out = new Float32Array(halves.length);
  if (dtype === "F16") {
    for (let i = 0; i < halves.length; i++) out[i] = halfToFloat(halves[i]!);
    return out;
  }
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
  return out;
}

/** IEEE half precision from its 16 bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The types that f32 values can be written in. */
export type WrittenType = "F32" | "F16" | "BF16";

/** f32 values as little-endian bytes, each rounded to the nearest value of the type, ties to even. A new array. */
export function fromFloat32(values: Float32Array, dtype: WrittenType): Uint8Array {
  if (dtype === "F32") return new Uint8Array(values.slice().buffer);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  if (dtype === "BF16") {
    // A carry out of the fraction goes into the exponent, as it should. A NaN stays one.
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const isNaN = (word & 0x7fffffff) > 0x7f800000;
      out[i] = isNaN ? (word >>> 16) | 64 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
    }
  } else for (let i = 0; i < words.length; i++) out[i] = halfBits(values[i]!, words[i]!);
  return new Uint8Array(out.buffer);
}

/** IEEE half precision of an f32 value with the bits `word`. */
function halfBits(value: number, word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 255;
  if (exponent === 255) return sign | ((word & 0x7fffff) === 0 ? 0x7c00 : 0x7e00);
  // Below the smallest normal half, values are whole multiples of 2^-24.
  if (exponent < 113) return sign | nearestEven(Math.abs(value) * 2 ** 24);
  const rebased = (word & 0x7fffffff) - (112 << 23);
  const rounded = (rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13;
  return sign | Math.min(rounded, 0x7c00);
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
