// Test helper: a file store in memory with the rules of the browser's, whose capacity can be set to make writes fail.
import { LabError } from "../../lib/errors";
import { memorySource } from "../files";
import type { FileStore } from "../library/fileStore";

export interface MemoryFileStore extends FileStore {
  readonly content: Map<string, Map<string, Uint8Array>>;
  /** Bytes after which writing fails; Infinity at first. */
  roomBytes: number;
}

export function memoryFileStore(): MemoryFileStore {
  const content = new Map<string, Map<string, Uint8Array>>();
  const inside = (folder: string): Map<string, Uint8Array> => {
    const found = content.get(folder) ?? new Map<string, Uint8Array>();
    content.set(folder, found);
    return found;
  };
  const used = (): number =>
    [...content.values()].flatMap((files) => [...files.values()]).reduce((sum, file) => sum + file.length, 0);
  const store: MemoryFileStore = {
    content,
    roomBytes: Infinity,
    folders: async () => [...content.keys()],
    sizes: async (folder) =>
      new Map([...(content.get(folder) ?? [])].map(([name, bytes]) => [name, bytes.length])),
    open: async (folder, name) => {
      const bytes = content.get(folder)?.get(name);
      return bytes ? memorySource(name, bytes) : null;
    },
    append: async (folder, name) => {
      const files = inside(folder);
      const now = (): Uint8Array => files.get(name) ?? new Uint8Array();
      files.set(name, now());
      return {
        get size() {
          return now().length;
        },
        write: (bytes) => {
          if (used() + bytes.length > store.roomBytes)
            throw new LabError(
              "storage",
              `${name} could not be stored whole: this browser's storage is full.`,
            );
          const before = now();
          const after = new Uint8Array(before.length + bytes.length);
          after.set(before);
          after.set(bytes, before.length);
          files.set(name, after);
        },
        truncate: (size) => void files.set(name, now().slice(0, size)),
        close: () => undefined,
      };
    },
    put: async (folder, name, bytes) => void inside(folder).set(name, bytes.slice()),
    remove: async (folder) => void content.delete(folder),
  };
  return store;
}
