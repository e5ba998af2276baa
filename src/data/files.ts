// Sources of bytes: a dropped file, a folder, memory or a web address. Parsers read slices of a ByteSource and need
// not know which it is.
import { LabError } from "../lib/errors";

/** A file that can be read in slices. */
export interface ByteSource {
  /** File name for messages, e.g. `model.safetensors`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Bytes `[offset, offset + length)`, exactly `length` of them. The array may share memory with the source:
   * read it, don't write to it.
   * @throws LabError "data" when the range leaves the file, "network" when a fetch fails.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A folder with the files of a model or an adapter. */
export interface ModelFolder {
  readonly name: string;
  /** Relative paths that are known to exist. A web address cannot be listed: it names what was opened so far. */
  list(): Promise<string[]>;
  /** The file, or null when the folder has none of that name. */
  open(name: string): Promise<ByteSource | null>;
}

/** @throws LabError "data" unless `[offset, offset + length)` lies inside the file. */
export function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (whole && offset + length <= source.size) return;
  throw new LabError(
    "data",
    `${source.name} ends at byte ${source.size}, but bytes ${offset} to ${offset + length} are needed: it is incomplete.`,
    "Download or copy the file again.",
    { file: source.name, size: source.size, offset, length },
  );
}

/** A file held in memory. Slices share its memory. */
export function memorySource(name: string, bytes: Uint8Array | ArrayBuffer): ByteSource {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const source = {
    name,
    size: all.byteLength,
    read: async (offset: number, length: number) => {
      checkRange(source, offset, length);
      return all.subarray(offset, offset + length);
    },
  };
  return source;
}

/** A Blob or File; slices are read from disk as they are asked for. */
export function blobSource(blob: Blob, name = blob instanceof File ? blob.name : "file"): ByteSource {
  const source = {
    name,
    size: blob.size,
    read: async (offset: number, length: number) => {
      checkRange(source, offset, length);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (thrown) {
        // A File can no longer be read if it is changed or deleted on disk after it was chosen.
        const reason = thrown instanceof Error ? thrown.message : String(thrown);
        throw new LabError(
          "data",
          `${name} can no longer be read (${reason}).`,
          "It was changed or moved after it was chosen: choose it again.",
          { file: name },
        );
      }
    },
  };
  return source;
}

/** A folder in memory: path → content. */
export function memoryFolder(
  name: string,
  files: ReadonlyMap<string, Uint8Array | ArrayBuffer>,
): ModelFolder {
  return {
    name,
    list: async () => [...files.keys()],
    open: async (path) => {
      const bytes = files.get(path);
      return bytes ? memorySource(path, bytes) : null;
    },
  };
}

/** A file with its path inside what was chosen or dropped, e.g. `my-model/config.json`. */
export interface PathFile {
  path: string;
  file: File;
}

/** Files of an `<input type="file" multiple webkitdirectory>`; plain file inputs work too. */
export function pathFiles(files: Iterable<File>): PathFile[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** A folder made of chosen or dropped files. A leading directory shared by all of them is left out of the paths. */
export function fileFolder(files: readonly PathFile[]): ModelFolder {
  const first = files[0]?.path.split("/")[0] ?? "files";
  const shared = files.length > 0 && files.every(({ path }) => path.startsWith(`${first}/`));
  const byPath = new Map(files.map(({ path, file }) => [shared ? path.slice(first.length + 1) : path, file]));
  return {
    name: shared ? first : "files",
    list: async () => [...byPath.keys()],
    open: async (path) => {
      const file = byPath.get(path);
      return file ? blobSource(file, path) : null;
    },
  };
}

/** All files of a drop event, folders included. Must be called during the event: the browser empties the list afterwards. */
export async function droppedFiles(items: Iterable<DataTransferItem>): Promise<PathFile[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: PathFile[] = [];
  for (const entry of entries) await walkEntry(entry, found);
  return found;
}

/** More files than any model folder has, to stop early if a home directory is dropped by mistake. */
const MAX_DROPPED = 5000;

async function walkEntry(entry: FileSystemEntry, found: PathFile[]): Promise<void> {
  if (found.length >= MAX_DROPPED) {
    throw new LabError("data", `More than ${MAX_DROPPED} files were dropped.`, "Drop one model folder.");
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // readEntries gives at most 100 at a time and an empty list at the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return;
    for (const child of batch) await walkEntry(child, found);
  }
}

/** Whole file as bytes, refused above `limit`. */
export async function readWhole(source: ByteSource, limit: number): Promise<Uint8Array> {
  if (source.size > limit) {
    throw new LabError(
      "data",
      `${source.name} has ${source.size} bytes, more than the ${limit} allowed for such a file.`,
      "Check that the right file was chosen.",
      { file: source.name, size: source.size, limit },
    );
  }
  return source.read(0, source.size);
}

/** Largest JSON file that is read; tokenizers of models with 256k tokens are smaller. */
const MAX_JSON_BYTES = 64 * 2 ** 20;

/**
 * A small JSON file of the folder, or null when there is none.
 * @throws LabError "model" when it is not a JSON object.
 */
export async function readJson(folder: ModelFolder, name: string): Promise<Record<string, unknown> | null> {
  const source = await folder.open(name);
  if (!source) return null;
  const text = new TextDecoder().decode(await readWhole(source, MAX_JSON_BYTES));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LabError("model", `${name} is not valid JSON: ${reason}.`, "Download or copy the file again.", {
      file: name,
    });
  }
  if (!isRecord(value)) {
    throw new LabError("model", `${name} must hold a JSON object.`, "Download or copy the file again.", {
      file: name,
    });
  }
  return value;
}

/** A JSON object (not null, not an array). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
