// The size budget: what the first load of the page takes in JavaScript, gzipped, read from the build's manifest.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DIST, ensureBuilt, type Log } from "./build";
import { readJson } from "./json";

/** Bytes of gzipped JavaScript that the first load may take. */
export const BUDGET_BYTES = 150 * 1024;

/** What the page's first module asks for at once, in a task of its own: part of the first load. */
const BEGUN = ["src/app/App.tsx"];

/** What Vite's manifest says of each module. */
export type Manifest = Record<string, { file: string; imports?: string[]; dynamicImports?: string[] }>;

/** Files the entry loads at once: itself, what it imports statically, and what it begins with. */
export function firstLoadFiles(manifest: Manifest, entry = "index.html"): string[] {
  if (!manifest[entry]) throw new Error(`the build's manifest has no ${entry}`);
  const seen = new Set<string>();
  const walk = (key: string) => {
    if (seen.has(key)) return;
    seen.add(key);
    const { imports = [], dynamicImports = [] } = manifest[key];
    imports.forEach(walk);
    dynamicImports.filter((name) => BEGUN.includes(name)).forEach(walk);
  };
  walk(entry);
  return [...seen].map((key) => manifest[key].file).filter((file) => file.endsWith(".js"));
}

/** Gzipped sizes. */
export async function firstLoad(
  log: Log,
): Promise<{ bytes: number; files: { file: string; bytes: number }[] }> {
  await ensureBuilt(log);
  const manifest = readJson<Manifest>(join(DIST, ".vite", "manifest.json"));
  const files = firstLoadFiles(manifest).map((file) => ({
    file,
    bytes: gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length,
  }));
  return { bytes: files.reduce((sum, f) => sum + f.bytes, 0), files };
}
