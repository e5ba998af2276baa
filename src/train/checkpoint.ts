// A checkpoint as one file: a JSON header, then every array's bytes, then a checksum over both.
//
//   bytes 0–7    "PROXCKP1"
//   bytes 8–11   length H of the header, u32 little endian
//   H bytes      JSON: the run's plain state and a table of arrays (name, shape, offset, length)
//   …            f32 arrays, each from a multiple of 4 bytes on
//   last 4       CRC-32 of everything before, u32 little endian
import { LabError } from "../lib/errors";
import type { RunIdentity } from "../lib/events";
import type { AdapterState, TrainState } from "../model/engine";

const MAGIC = "PROXCKP1";
const PARTS = ["adapter", "firstMoment", "secondMoment", "reference"] as const;

interface ArrayEntry {
  part: (typeof PARTS)[number];
  name: string;
  shape: [number, number];
  /** Bytes from the start of the arrays. */
  offset: number;
  /** f32 values. */
  length: number;
}

interface Header<S> {
  state: S;
  /** Absent in checkpoints of versions that did not note it. */
  identity?: RunIdentity;
  optimizerStep: number;
  variants: Record<string, string>;
  arrays: ArrayEntry[];
}

/**
 * The bytes of a checkpoint.
 * @param state plain data that JSON keeps whole (no NaN, no typed arrays)
 * @param identity what the run is made of
 */
export function encodeCheckpoint<S>(
  state: S,
  train: TrainState,
  identity?: RunIdentity,
): Uint8Array<ArrayBuffer> {
  const arrays: ArrayEntry[] = [];
  let offset = 0;
  for (const part of PARTS) {
    for (const [name, { shape, values }] of train[part] ?? []) {
      arrays.push({ part, name, shape, offset, length: values.length });
      offset += values.length * 4;
    }
  }
  const { optimizerStep, variants } = train;
  const header: Header<S> = { state, identity, optimizerStep, variants, arrays };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = padded(text.length);
  const out = new Uint8Array(12 + headerBytes + offset + 4);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, headerBytes, true);
  out.set(text, 12);
  out.fill(0x20, 12 + text.length, 12 + headerBytes);
  for (const entry of arrays) {
    const { values } = train[entry.part]!.get(entry.name)!;
    new Float32Array(out.buffer, 12 + headerBytes + entry.offset, entry.length).set(values);
  }
  view.setUint32(out.length - 4, crc32(out.subarray(0, out.length - 4)), true);
  return out;
}

export interface Decoded<S> {
  state: S;
  train: TrainState;
  /** null where it was not noted. */
  identity: RunIdentity | null;
}

/** @throws LabError "storage" when the bytes are cut, damaged or no checkpoint */
export function decodeCheckpoint<S>(bytes: Uint8Array): Decoded<S> {
  // A copy, so that arrays start at multiples of 4 whatever the source's offset.
  const data = bytes.slice();
  const view = new DataView(data.buffer);
  const damaged = (what: string): LabError =>
    new LabError(
      "storage",
      `The checkpoint cannot be used: ${what}.`,
      "Resume from an older checkpoint, or start the run again.",
      { bytes: bytes.length },
    );
  if (data.length < 16 || new TextDecoder().decode(data.subarray(0, 8)) !== MAGIC) {
    throw damaged("it does not begin as one");
  }
  if (view.getUint32(data.length - 4, true) !== crc32(data.subarray(0, data.length - 4))) {
    throw damaged("its checksum does not fit its bytes");
  }
  const headerBytes = view.getUint32(8, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(12, 12 + headerBytes))) as Header<S>;
  const parts: Record<(typeof PARTS)[number], AdapterState> = {
    adapter: new Map(),
    firstMoment: new Map(),
    secondMoment: new Map(),
    reference: new Map(),
  };
  for (const { part, name, shape, offset, length } of header.arrays) {
    const values = new Float32Array(data.buffer, 12 + headerBytes + offset, length).slice();
    parts[part].set(name, { shape, values });
  }
  const { optimizerStep, variants } = header;
  const { state, identity = null } = header;
  const { reference, ...always } = parts;
  const train = { ...always, ...(reference.size > 0 ? { reference } : {}), optimizerStep, variants };
  return { state, train, identity };
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as in zip and png. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
