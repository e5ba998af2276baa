// The header of a GGUF file: metadata and the list of tensors. Every count and length is held against the bytes
// that are there before anything is made of it.
import { LabError } from "../../lib/errors";
import type { ByteSource } from "../files";
import { QUANT_TYPES, type QuantType } from "./quants";

export type GgufValue = number | bigint | boolean | string | GgufArray;
export type GgufArray =
  | string[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

export interface GgufTensor {
  name: string;
  /** Rows first, as elsewhere: the file lists the fastest axis first. */
  shape: number[];
  type: QuantType;
  /** First byte in the file. */
  offset: number;
  bytes: number;
}

export interface GgufHeader {
  version: number;
  metadata: Map<string, GgufValue>;
  tensors: Map<string, GgufTensor>;
}

/** Far above any model: 65,536 entries, vocabularies of 2 million, 16 MiB of template. */
const MAX_COUNT = 65_536;
const MAX_STRINGS = 2_000_000;
const MAX_STRING = 16 * 2 ** 20;
const MAX_HEADER = 256 * 2 ** 20;
const FIRST_READ = 1 << 20;

/** Thrown inside when the bytes read so far are not enough. */
class NeedMore extends Error {}

/** @throws LabError "model" naming the file and what is wrong in it. */
export async function readGgufHeader(source: ByteSource): Promise<GgufHeader> {
  const limit = Math.min(source.size, MAX_HEADER);
  for (let length = Math.min(limit, FIRST_READ); ; length = Math.min(limit, length * 4)) {
    const reader = new Reader(source, await source.read(0, length));
    try {
      return parse(reader, source);
    } catch (thrown) {
      if (!(thrown instanceof NeedMore)) throw thrown;
      if (length < limit) continue;
      throw refused(
        source,
        source.size > limit
          ? `has a header of more than ${MAX_HEADER} bytes`
          : "is truncated: its header goes on beyond the end of the file",
      );
    }
  }
}

function parse(reader: Reader, source: ByteSource): GgufHeader {
  const magic = reader.text(4);
  if (magic !== "GGUF") {
    throw refused(
      source,
      `is not a GGUF file: it begins with “${printable(magic)}”, but the magic is “GGUF”`,
    );
  }
  const version = reader.u32();
  if (version === 0x02000000 || version === 0x03000000)
    throw refused(source, "is a big-endian GGUF file, which cannot be read here");
  if (version !== 2 && version !== 3)
    throw refused(source, `has GGUF version ${version}; versions 2 and 3 can be read`);
  const tensorCount = reader.count("tensors", MAX_COUNT, 24);
  const entryCount = reader.count("metadata entries", MAX_COUNT, 13);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < entryCount; i++) {
    const key = reader.string();
    if (metadata.has(key)) throw refused(source, `has the metadata key ${clip(key)} twice`);
    metadata.set(key, reader.value(reader.u32(), key));
  }
  const raw = Array.from({ length: tensorCount }, () => readTensor(reader, source));
  const alignment = metadata.get("general.alignment") ?? 32;
  if (
    typeof alignment !== "number" ||
    ![8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].includes(alignment)
  ) {
    throw refused(
      source,
      `has the alignment ${String(alignment).slice(0, 40)}, which must be a power of two from 8 to 4096`,
    );
  }
  const start = Math.ceil(reader.at / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const tensor of raw) {
    if (tensors.has(tensor.name)) throw refused(source, `has the tensor ${clip(tensor.name)} twice`);
    if (tensor.offset % alignment !== 0) {
      throw refused(
        source,
        `places the tensor ${clip(tensor.name)} at offset ${tensor.offset}, no multiple of ${alignment}`,
      );
    }
    tensors.set(tensor.name, { ...tensor, offset: start + tensor.offset });
  }
  checkPlaces([...tensors.values()], source);
  return { version, metadata, tensors };
}

function readTensor(reader: Reader, source: ByteSource): GgufTensor {
  const name = reader.string();
  const label = clip(name);
  const axes = reader.u32();
  if (axes < 1 || axes > 4)
    throw refused(source, `gives the tensor ${label} ${axes} axes; 1 to 4 are possible`);
  const sizes = Array.from({ length: axes }, () => reader.u64(`a size of the tensor ${label}`));
  const id = reader.u32();
  const offset = reader.u64(`the offset of the tensor ${label}`);
  const type = QUANT_TYPES.get(id);
  if (!type) throw refused(source, `gives the tensor ${label} the unknown type number ${id}`);
  if (sizes[0]! % type.values !== 0) {
    throw refused(
      source,
      `gives the tensor ${label} rows of ${sizes[0]} values, no multiple of ${type.name}'s ${type.values}`,
    );
  }
  const elements = sizes.reduce((total, n) => (Number.isSafeInteger(total * n) ? total * n : Infinity), 1);
  return { name, shape: sizes.toReversed(), type, offset, bytes: (elements / type.values) * type.bytes };
}

/** Inside the file, and no two in the same bytes. */
function checkPlaces(tensors: GgufTensor[], source: ByteSource): void {
  let end = 0;
  let before = "";
  for (const { name, offset, bytes } of tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    if (!(offset + bytes <= source.size)) {
      throw refused(
        source,
        `is truncated: the tensor ${clip(name)} ends at byte ${offset + bytes}, the file at byte ${source.size}`,
      );
    }
    if (offset < end)
      throw refused(
        source,
        `has overlapping tensors: ${clip(name)} starts at byte ${offset}, before ${before} ends at byte ${end}`,
      );
    end = offset + bytes;
    before = clip(name);
  }
}

/** Little-endian values one after the other. */
class Reader {
  at = 0;
  private readonly view: DataView;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly source: ByteSource,
    private readonly bytes: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves on by `length` bytes and returns where they begin. */
  private take(length: number): number {
    if (this.at + length > this.source.size)
      throw refused(
        this.source,
        `is truncated: ${length} bytes are needed at byte ${this.at}, the file ends at byte ${this.source.size}`,
      );
    if (this.at + length > this.bytes.length) throw new NeedMore();
    const from = this.at;
    this.at += length;
    return from;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(what: string): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw refused(this.source, `has an impossible number for ${what}: ${value}`);
    return Number(value);
  }

  /** A count of things of which each takes at least `least` bytes. */
  count(what: string, limit: number, least: number): number {
    const value = this.u64(`the number of ${what}`);
    if (value > limit) throw refused(this.source, `claims ${value} ${what}; ${limit} are possible`);
    if (value * least > this.source.size - this.at)
      throw refused(this.source, `claims ${value} ${what}, more than its ${this.source.size} bytes can hold`);
    return value;
  }

  text(length: number): string {
    const from = this.take(length);
    return this.decoder.decode(this.bytes.subarray(from, from + length));
  }

  string(): string {
    return this.text(this.count("bytes of a text", MAX_STRING, 1));
  }

  value(type: number, key: string): GgufValue {
    const { view } = this;
    switch (type) {
      case 0:
        return view.getUint8(this.take(1));
      case 1:
        return view.getInt8(this.take(1));
      case 2:
        return view.getUint16(this.take(2), true);
      case 3:
        return view.getInt16(this.take(2), true);
      case 4:
        return this.u32();
      case 5:
        return view.getInt32(this.take(4), true);
      case 6:
        return view.getFloat32(this.take(4), true);
      case 7:
        return view.getUint8(this.take(1)) !== 0;
      case 8:
        return this.string();
      case 9:
        return this.array(key);
      case 10:
        return view.getBigUint64(this.take(8), true);
      case 11:
        return view.getBigInt64(this.take(8), true);
      case 12:
        return view.getFloat64(this.take(8), true);
    }
    throw refused(this.source, `gives the metadata key ${clip(key)} the unknown type number ${type}`);
  }

  private array(key: string): GgufArray {
    const type = this.u32();
    if (type === 8) {
      const length = this.count(`texts in ${clip(key)}`, MAX_STRINGS, 8);
      const texts: string[] = [];
      for (let i = 0; i < length; i++) texts.push(this.string());
      return texts;
    }
    const Typed = ARRAYS[type];
    if (!Typed)
      throw refused(this.source, `gives the metadata list ${clip(key)} the unknown type number ${type}`);
    const length = this.count(`values in ${clip(key)}`, Number.MAX_SAFE_INTEGER, Typed.BYTES_PER_ELEMENT);
    const from = this.take(length * Typed.BYTES_PER_ELEMENT);
    // A copy, since a typed array needs an aligned address.
    return new Typed(this.bytes.slice(from, this.at).buffer);
  }
}

/** By type number; a list of booleans is a list of bytes. Lists of lists are not part of any model. */
const ARRAYS: Readonly<Record<number, { BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): GgufArray }>> =
  {
    0: Uint8Array,
    1: Int8Array,
    2: Uint16Array,
    3: Int16Array,
    4: Uint32Array,
    5: Int32Array,
    6: Float32Array,
    7: Uint8Array,
    10: BigUint64Array,
    11: BigInt64Array,
    12: Float64Array,
  };

const clip = (text: string): string => printable(text.length > 120 ? `${text.slice(0, 120)}…` : text);
const printable = (text: string): string => text.replace(/[^\x20-\x7e\u00a1-\uffff]/g, "·");

function refused(source: ByteSource, what: string): LabError {
  return new LabError("model", `${source.name} ${what}.`, "Download or copy the GGUF file again.", {
    file: source.name,
  });
}
