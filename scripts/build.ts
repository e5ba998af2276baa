// Builds dist/ if its sources have changed since the last build, so that every command serves the current source.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const DIST = join(ROOT, "dist");
/** Where a command says what it does, a line at a time. */
export type Log = (line: string) => void;

const MARK = ".built-from";
/** Everything a build reads. */
const INPUTS = [
  "src",
  "shaders",
  "public",
  "index.html",
  "headless.html",
  "conformance.html",
  "vite.config.ts",
  "package-lock.json",
];

function* files(path: string): Generator<string> {
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* files(child);
    else if (!/\.(test|gpu)\.tsx?$/.test(entry.name)) yield child;
  }
}

/** A hash over names and contents of all inputs. */
export function fingerprint() {
  const hash = createHash("sha256");
  for (const input of INPUTS) {
    const path = join(ROOT, input);
    const list = existsSync(path) && !/\.\w+$/.test(input) ? [...files(path)] : [path];
    for (const file of list) {
      if (existsSync(file)) hash.update(`${file.slice(ROOT.length)}\n`).update(readFileSync(file));
    }
  }
  return hash.digest("hex");
}

/** The build under way: who asks meanwhile waits for it. */
let building: Promise<boolean> | null = null;

/** Builds when needed, and says whether it did. */
export const ensureBuilt = (log: Log = () => {}): Promise<boolean> =>
  (building ??= build(log).finally(() => (building = null)));

async function build(log: Log): Promise<boolean> {
  const wanted = fingerprint();
  const mark = join(DIST, MARK);
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return false;
  log("building the page");
  const vite = await import("vite");
  // Built beside and moved in place: a server already running never sees half a build.
  const fresh = join(ROOT, ".cache", `dist-${process.pid}`);
  await vite.build({ root: ROOT, logLevel: "error", build: { outDir: fresh, emptyOutDir: true } });
  writeFileSync(join(fresh, MARK), wanted);
  const old = `${fresh}-old`;
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
  return true;
}
