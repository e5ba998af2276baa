// Stores model files in the browser between visits: folders of files that are written piece by piece, so that a
// download that was cut off continues where it stopped. It is built on the origin private file system (OPFS).
import { LabError } from "../../lib/errors";
import { blobSource, type ByteSource, type ModelFolder } from "../files";

/** A file being written, always at its end. */
export interface FileWriter {
  /** Bytes so far. */
  readonly size: number;
  write(bytes: Uint8Array): void;
  truncate(size: number): void;
  close(): void;
}

export interface FileStore {
  folders(): Promise<string[]>;
  /** File name → bytes; empty where there is no such folder. */
  sizes(folder: string): Promise<Map<string, number>>;
  open(folder: string, name: string): Promise<ByteSource | null>;
  /** Opens the file for writing at its end; one writer at a time. @throws LabError "storage" */
  append(folder: string, name: string): Promise<FileWriter>;
  /** Replaces a small file as a whole, so that a reader never sees half of it. @throws LabError "storage" */
  put(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  remove(folder: string): Promise<void>;
}

/** One folder of the store as the `ModelFolder` that every loader reads. */
export function storedFolder(store: FileStore, folder: string, name: string): ModelFolder {
  return {
    name,
    list: async () => [...(await store.sizes(folder)).keys()],
    open: (file) => store.open(folder, file),
  };
}

const ROOT = "models";

/**
 * Opens the file store of this origin. Only workers may write to it.
 * @returns null where the browser has none, as in some private windows.
 */
export async function openFileStore(): Promise<FileStore | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return originFileStore(root);
  } catch {
    return null;
  }
}

function originFileStore(origin: FileSystemDirectoryHandle): FileStore {
  // The folder is created with the first file, so that reading creates nothing.
  const root = (create = false) => origin.getDirectoryHandle(ROOT, { create });
  const inside = async (folder: string, create = false) =>
    (await root(create)).getDirectoryHandle(folder, { create });
  return {
    folders: async () => {
      const found: string[] = [];
      const all = await absent(root());
      if (all)
        for await (const [name, handle] of all.entries()) if (handle.kind === "directory") found.push(name);
      return found;
    },
    sizes: async (folder) => {
      const sizes = new Map<string, number>();
      const open = await absent(inside(folder));
      if (!open) return sizes;
      for await (const [name, handle] of open.entries()) {
        if (handle.kind === "file") sizes.set(name, (await (handle as FileSystemFileHandle).getFile()).size);
      }
      return sizes;
    },
    open: async (folder, name) => {
      const open = await absent(inside(folder));
      const handle = open && (await absent(open.getFileHandle(name)));
      return handle && blobSource(await handle.getFile(), name);
    },
    append: (folder, name) =>
      stored(name, async () => {
        const handle = await (await inside(folder, true)).getFileHandle(name, { create: true });
        return originWriter(name, await handle.createSyncAccessHandle());
      }),
    put: (folder, name, bytes) =>
      stored(name, async () => {
        const handle = await (await inside(folder, true)).getFileHandle(name, { create: true });
        const writable = await handle.createWritable();
        await writable.write(bytes.slice());
        await writable.close();
      }),
    remove: (folder) =>
      stored(folder, async () => {
        const all = await absent(root());
        if (all && (await absent(inside(folder)))) await all.removeEntry(folder, { recursive: true });
      }),
  };
}

/** Written bytes are flushed to disk at least this often; a crash of the machine loses no more than that. */
const FLUSH_BYTES = 8 * 2 ** 20;

function originWriter(name: string, handle: FileSystemSyncAccessHandle): FileWriter {
  let size = handle.getSize();
  let unflushed = 0;
  return {
    get size() {
      return size;
    },
    write: (bytes) => {
      const written = handle.write(bytes.slice(), { at: size });
      size += written;
      unflushed += written;
      if (written < bytes.byteLength) throw full(name);
      if (unflushed < FLUSH_BYTES) return;
      handle.flush();
      unflushed = 0;
    },
    truncate: (to) => {
      handle.truncate(to);
      size = to;
    },
    close: () => {
      handle.flush();
      handle.close();
    },
  };
}

/** The handle, or null where there is none of that name. */
async function absent<T>(handle: Promise<T>): Promise<T | null> {
  try {
    return await handle;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "NotFoundError") return null;
    throw thrown;
  }
}

const full = (name: string): LabError =>
  new LabError(
    "storage",
    `${name} could not be stored whole: this browser's storage is full.`,
    "Delete models you no longer need, or free space on the disk, then try again.",
    { file: name },
  );

async function stored<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw storageFault(name, thrown);
  }
}

/** What the browser threw while writing, as a sentence. */
export function storageFault(name: string, thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const kind = thrown instanceof DOMException ? thrown.name : "";
  if (kind === "QuotaExceededError") return full(name);
  if (kind === "NoModificationAllowedError") {
    return new LabError(
      "storage",
      `${name} is being written by another tab of this page.`,
      "Wait until it has finished there, or close that tab.",
      { file: name },
    );
  }
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError(
    "storage",
    `${name} could not be stored: ${reason}.`,
    "Reload the page and try again.",
    { file: name, reason },
  );
}
