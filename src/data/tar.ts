// A tar archive as a folder: its headers are read, the files in it only as they are asked for. The form is that of POSIX
// ustar with pax records, and GNU's long names, as the tar program and this lab's own exports write it.
import { LabError, type LabErrorCode } from "../lib/errors";
import { checkRange, type ByteSource, type ModelFolder } from "./files";

const BLOCK = 512;
/** More entries than any model has. */
const MAX_ENTRIES = 10_000;
/** A pax record or long name, bytes. */
const MAX_RECORD = 1 << 20;

/** A folder with one tar archive in it, or one that was chosen alone, is what the archive holds. */
export async function unpacked(folder: ModelFolder, code: LabErrorCode = "model"): Promise<ModelFolder> {
  const names = await folder.list();
  const [name] = names;
  if (names.length !== 1 || name === undefined) return folder;
  if (/\.(?:t?gz|tgz|zip|7z|rar|bz2|xz|zst)$/i.test(name)) {
    throw new LabError(
      code,
      `${name} is a compressed archive, which is not unpacked here.`,
      "Unpack it, and choose the folder, or the .tar file, that comes out.",
      { file: name },
    );
  }
  const source = /\.tar$/i.test(name) ? await folder.open(name) : null;
  return source ? tarFolder(source, code) : folder;
}

interface Entry {
  offset: number;
  size: number;
}

/** @throws LabError `code` naming what is wrong in the archive. */
export async function tarFolder(source: ByteSource, code: LabErrorCode = "model"): Promise<ModelFolder> {
  const entries = await readEntries(source, code);
  const paths = [...entries.keys()];
  const first = `${paths[0]?.split("/")[0]}/`;
  const shared = paths.every((path) => path.startsWith(first)) ? first : "";
  return {
    name: source.name.replace(/\.tar$/i, ""),
    list: async () => paths.map((path) => path.slice(shared.length)),
    open: async (path) => {
      const entry = entries.get(shared + path);
      return entry ? part(source, path, entry) : null;
    },
  };
}

function part(source: ByteSource, name: string, { offset, size }: Entry): ByteSource {
  const inside: ByteSource = {
    name,
    size,
    read: async (from, length) => {
      checkRange(inside, from, length);
      return source.read(offset + from, length);
    },
  };
  return inside;
}

async function readEntries(source: ByteSource, code: LabErrorCode): Promise<Map<string, Entry>> {
  const refuse = (what: string): never => {
    const hint = "Save or pack the archive again.";
    throw new LabError(code, `${source.name} ${what}.`, hint, { file: source.name });
  };
  const entries = new Map<string, Entry>();
  /** Said by a record before the entry it is about. */
  let said: { path?: string; size?: number } = {};
  for (let at = 0, count = 0; at + BLOCK <= source.size; count++) {
    const header = await source.read(at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!sumFits(header))
      refuse(at === 0 ? "is no tar archive" : `is damaged at byte ${at}: no file begins there`);
    if (count >= MAX_ENTRIES) refuse(`holds more than ${MAX_ENTRIES} files`);
    const kind = String.fromCharCode(header[156]);
    const isRecord = kind === "x" || kind === "g" || kind === "L" || kind === "K";
    const size = (isRecord ? undefined : said.size) ?? number(header, 124, 12);
    const body = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || body + size > source.size)
      refuse(`is cut short: a file in it ends at byte ${body + size}, the archive at byte ${source.size}`);
    if (isRecord) {
      if (size > MAX_RECORD) refuse(`has a record of ${size} bytes, more than ${MAX_RECORD}`);
      const bytes = await source.read(body, size);
      if (kind === "x") said = { ...said, ...paxRecords(bytes) };
      if (kind === "L") said.path = text(bytes, 0, bytes.length);
    } else {
      const path = (said.path ?? nameOf(header)).replace(/^(?:\.?\/)+/, "");
      // Folders and links hold nothing; a Mac adds a file of its own to each.
      const isFile = kind === "0" || kind === "\0" || kind === "7";
      if (isFile && path !== "" && !/(?:^|\/)\._/.test(path)) entries.set(path, { offset: body, size });
      said = {};
    }
    at = body + Math.ceil(size / BLOCK) * BLOCK;
  }
  if (entries.size === 0) refuse("is an archive without a file in it");
  return entries;
}

/** The sum of a header's bytes, its own field counted as spaces. */
function sumFits(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  return sum === number(header, 148, 8);
}

/** Octal digits, or, where the first bit is set, a big-endian number. */
function number(header: Uint8Array, at: number, length: number): number {
  if (header[at] & 0x80) {
    let value = header[at] & 0x7f;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + header[i];
    return value;
  }
  const digits = text(header, at, length).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : digits === "" ? 0 : NaN;
}

function nameOf(header: Uint8Array): string {
  const prefix = text(header, 257, 5) === "ustar" && header[262] === 0 ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Up to the first zero byte. */
function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** "LENGTH KEY=VALUE\n", one after the other. */
function paxRecords(bytes: Uint8Array): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const length = Number(text(bytes, at, Math.max(0, space - at)));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > bytes.length) break;
    const [key, ...value] = text(bytes, space + 1, at + length - space - 2).split("=");
    if (key === "path") found.path = value.join("=");
    if (key === "size" && /^\d+$/.test(value.join(""))) found.size = Number(value.join(""));
    at += length;
  }
  return found;
}
