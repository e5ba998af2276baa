// The browser's private file storage (OPFS) for a Node thread: the few methods that the lab calls, over a folder.
import * as fs from "node:fs";
import { join } from "node:path";

const notFound = (name: string) => new DOMException(`there is no ${name}`, "NotFoundError");

class FolderHandle {
  readonly kind = "directory";

  constructor(private readonly path: string) {}

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FolderHandle> {
    const path = join(this.path, name);
    if (create) fs.mkdirSync(path, { recursive: true });
    if (!fs.existsSync(path)) throw notFound(name);
    return new FolderHandle(path);
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<FileHandle> {
    const path = join(this.path, name);
    if (!fs.existsSync(path)) {
      if (!create) throw notFound(name);
      fs.writeFileSync(path, "");
    }
    return new FileHandle(path, name);
  }

  async removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    const path = join(this.path, name);
    if (!fs.existsSync(path)) throw notFound(name);
    fs.rmSync(path, { recursive });
  }

  async *entries(): AsyncGenerator<[string, FolderHandle | FileHandle]> {
    for (const entry of fs.readdirSync(this.path, { withFileTypes: true })) {
      const path = join(this.path, entry.name);
      yield [entry.name, entry.isDirectory() ? new FolderHandle(path) : new FileHandle(path, entry.name)];
    }
  }
}

class FileHandle {
  readonly kind = "file";

  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {}

  async getFile(): Promise<File> {
    return new File([await fs.openAsBlob(this.path)], this.name);
  }

  /** What it writes is in the file at once: `close` has nothing left to do. */
  async createWritable() {
    fs.truncateSync(this.path, 0);
    return {
      write: async (bytes: Uint8Array) => fs.appendFileSync(this.path, bytes),
      close: async () => {},
    };
  }

  async createSyncAccessHandle() {
    const file = fs.openSync(this.path, "r+");
    return {
      getSize: () => fs.fstatSync(file).size,
      write: (bytes: Uint8Array, { at }: { at: number }) => fs.writeSync(file, bytes, 0, bytes.length, at),
      truncate: (size: number) => fs.ftruncateSync(file, size),
      flush: () => fs.fsyncSync(file),
      close: () => fs.closeSync(file),
    };
  }
}

/** The root of the storage, as `navigator.storage.getDirectory()` gives it. */
export const storageRoot = (folder: string): FolderHandle => new FolderHandle(folder);
