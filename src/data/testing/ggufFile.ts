// Test helper: writes GGUF files, good or bad, from metadata and tensors.

type Meta = [key: string, type: number, value: unknown];

export interface GgufPart {
  name: string;
  /** Fastest axis first, as in the file. */
  sizes: number[];
  /** GGML type number. */
  type: number;
  bytes: Uint8Array;
}

export const text = (key: string, value: string): Meta => [key, 8, value];
export const u32 = (key: string, value: number): Meta => [key, 4, value];
export const f32 = (key: string, value: number): Meta => [key, 6, value];
export const flag = (key: string, value: boolean): Meta => [key, 7, value];
export const texts = (key: string, values: string[]): Meta => [key, 9, { type: 8, values }];
export const i32s = (key: string, values: number[]): Meta => [key, 9, { type: 5, values }];

export const f32s = (key: string, values: number[]): Meta => [key, 9, { type: 6, values }];

/** A GGUF file, version 3, tensors aligned to 32. */
export function ggufFile(metadata: readonly Meta[], tensors: readonly GgufPart[]): Uint8Array {
  const out: number[] = [];
  const push = (bytes: ArrayBuffer | Uint8Array) => {
    for (const byte of bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)) out.push(byte);
  };
  const word = (value: number) => push(new Uint32Array([value]).buffer);
  const long = (value: number) => push(new BigUint64Array([BigInt(value)]).buffer);
  const string = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    long(bytes.length);
    push(bytes);
  };
  const put = (type: number, value: unknown): void => {
    if (type === 4 || type === 5) word(Number(value) >>> 0);
    else if (type === 6) push(new Float32Array([Number(value)]).buffer);
    else if (type === 7) out.push(value ? 1 : 0);
    else if (type === 8) string(String(value));
    else {
      const list = value as { type: number; values: unknown[] };
      word(list.type);
      long(list.values.length);
      for (const entry of list.values) put(list.type, entry);
    }
  };
  push(new TextEncoder().encode("GGUF"));
  word(3);
  long(tensors.length);
  long(metadata.length);
  for (const [key, type, value] of metadata) {
    string(key);
    word(type);
    put(type, value);
  }
  let offset = 0;
  for (const { name, sizes, type, bytes } of tensors) {
    string(name);
    word(sizes.length);
    sizes.forEach(long);
    word(type);
    long(offset);
    offset += Math.ceil(bytes.length / 32) * 32;
  }
  const start = Math.ceil(out.length / 32) * 32;
  const file = new Uint8Array(start + offset);
  file.set(out);
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += Math.ceil(bytes.length / 32) * 32;
  }
  return file;
}
