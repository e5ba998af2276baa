// Packs f32 matrices into every stored weight type, for tests: the reference then uses the values as stored.
import type { WeightType } from "../weights";

const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** f32 → bf16 bits, rounded to nearest even. */
export function toBf16(value: number): number {
  f32[0] = value;
  const bits = u32[0];
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** bf16 bits → f32. */
export function fromBf16(bits: number): number {
  u32[0] = bits << 16;
  return f32[0];
}

/** f32 → f16 bits, by truncation of normals; tiny values become 0. Enough for test data. */
export function toF16(value: number): number {
  f32[0] = value;
  const sign = (u32[0] >>> 16) & 0x8000;
  const exponent = ((u32[0] >>> 23) & 0xff) - 112;
  if (exponent <= 0) return sign;
  return sign | (exponent << 10) | ((u32[0] >>> 13) & 0x3ff);
}

export function fromF16(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** Stored words and the values they decode to. `cols` is a multiple of 4 (32 for int8 and int4). */
export function packWeights(
  values: Float32Array,
  cols: number,
  dtype: WeightType,
): { words: Uint32Array; stored: Float32Array } {
  const stored = new Float32Array(values.length);
  if (dtype === "f32") return { words: new Uint32Array(values.slice().buffer), stored: values.slice() };
  if (dtype === "bf16" || dtype === "f16") {
    const [to, from] = dtype === "bf16" ? [toBf16, fromBf16] : [toF16, fromF16];
    const half = Uint16Array.from(values, to);
    half.forEach((h, i) => (stored[i] = from(h)));
    return { words: new Uint32Array(half.buffer), stored };
  }
  if (cols % 32) throw new Error("quantised rows are whole groups of 32");
  const perGroup = dtype === "int8" ? 9 : 6;
  const words = new Uint32Array((values.length / 32) * perGroup);
  for (let g = 0; g < values.length / 32; g++) {
    const group = values.subarray(g * 32, g * 32 + 32);
    const at = g * perGroup;
    if (dtype === "int8") {
      f32[0] = Math.max(...group.map(Math.abs)) / 127;
      const scale = f32[0];
      words[at] = u32[0];
      group.forEach((v, i) => {
        const q = scale ? Math.max(-127, Math.min(127, Math.round(v / scale))) : 0;
        words[at + 1 + (i >> 2)] |= (q & 255) << (8 * (i & 3));
        stored[g * 32 + i] = Math.fround(q * scale);
      });
    } else {
      const low = Math.min(...group);
      f32[0] = (Math.max(...group) - low) / 15;
      const scale = f32[0];
      words[at] = u32[0];
      f32[0] = low;
      const offset = f32[0];
      words[at + 1] = u32[0];
      group.forEach((v, i) => {
        const q = scale ? Math.max(0, Math.min(15, Math.round((v - offset) / scale))) : 0;
        words[at + 2 + (i >> 3)] |= q << (4 * (i & 7));
        stored[g * 32 + i] = Math.fround(q * scale + offset);
      });
    }
  }
  return { words, stored };
}
