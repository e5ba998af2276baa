// Writes a small GGUF file, version 3: metadata, then tensors in f32. For adapters; a model is never written so.

/** A metadata value: text, or a number as f32. */
export type WrittenValue = string | { f32: number };

export interface WrittenTensor {
  name: string;
  /** Rows first, as elsewhere: the file lists the fastest axis first. */
  shape: readonly number[];
  values: Float32Array;
}

const ALIGNMENT = 32;
const VERSION = 3;
const [TYPE_F32, TYPE_TEXT] = [6, 8];
const TENSOR_F32 = 0;

const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Little-endian values, one after the other. */
class Writer {
  private readonly parts: Uint8Array[] = [];
  size = 0;

  put(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.size += bytes.length;
  }

  u32(value: number): void {
    this.put(new Uint8Array(Uint32Array.of(value).buffer));
  }

  u64(value: number): void {
    this.put(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  f32(value: number): void {
    this.put(new Uint8Array(Float32Array.of(value).buffer));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    this.put(bytes);
  }

  align(): void {
    this.put(new Uint8Array(padded(this.size) - this.size));
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

export function writeGguf(
  metadata: Readonly<Record<string, WrittenValue>>,
  tensors: readonly WrittenTensor[],
): Uint8Array {
  const out = new Writer();
  out.put(new TextEncoder().encode("GGUF"));
  out.u32(VERSION);
  out.u64(tensors.length);
  out.u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    out.text(key);
    if (typeof value === "string") {
      out.u32(TYPE_TEXT);
      out.text(value);
    } else {
      out.u32(TYPE_F32);
      out.f32(value.f32);
    }
  }
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    out.text(name);
    out.u32(shape.length);
    for (const size of shape.toReversed()) out.u64(size);
    out.u32(TENSOR_F32);
    out.u64(offset);
    offset += padded(values.byteLength);
  }
  out.align();
  for (const { values } of tensors) {
    out.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    out.align();
  }
  return out.bytes();
}
