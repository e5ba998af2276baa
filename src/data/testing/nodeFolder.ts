// Test helper: a folder of the repository as a ModelFolder, read into memory.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { memorySource, type ByteSource, type ModelFolder } from "../files";

export function nodeFolder(path: string): ModelFolder {
  return {
    name: basename(path),
    list: async () => readdirSync(path),
    open: async (name) => {
      const full = join(path, name);
      return existsSync(full) && statSync(full).isFile() ? nodeFile(full) : null;
    },
  };
}

export function nodeFile(path: string): ByteSource {
  return memorySource(basename(path), new Uint8Array(readFileSync(path)));
}
