// `npm run lab -- export`: an adapter, alone or worked into its model, as files that other programs load.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { HeadlessJob, Outcome } from "../src/headless/page";
import type { ExportKind } from "../src/worker/protocol";
import { FileSets, listFiles } from "./lab-files";
import type { Route } from "./serve";
import { fileRoute, mount } from "./site";

/** What `--as` may say. */
export const KINDS: Record<string, ExportKind> = { peft: "adapter", merged: "merged", gguf: "gguf" };

/** An adapter on disk, made readable for the page. */
export interface ServedAdapter {
  /** As people call it. */
  name: string;
  files: string[];
  route: Route;
}

/** A PEFT folder or a tar archive of one; null where there is none. */
export function servedAdapter(path: string): ServedAdapter | null {
  const at = resolve(path);
  const name = basename(at) === "adapter" ? basename(dirname(at)) : basename(at).replace(/\.tar$/i, "");
  if (existsSync(join(at, "adapter_config.json")))
    return { name, files: listFiles(at), route: mount("/__in/adapter/", at) };
  if (!existsSync(at) || !statSync(at).isFile()) return null;
  const file = basename(at);
  return { name, files: [file], route: fileRoute(`/__in/adapter/${encodeURIComponent(file)}`, at) };
}

export interface ExportJob {
  adapter: ServedAdapter;
  what: ExportKind;
  out: string;
  /** The config, once the site's address is known, with the local paths it serves. */
  config: (origin: string) => unknown;
  served: { original: Map<string, string>; files: Map<string, string> };
  run: (job: (origin: string) => HeadlessJob, sets: FileSets) => Promise<Outcome>;
}

/** Resolves with the exit code. What is incomplete never stands under the name that was asked for. */
export async function exportFiles(job: ExportJob): Promise<number> {
  const { adapter, what, served } = job;
  const out = resolve(job.out);
  mkdirSync(dirname(out), { recursive: true });
  const parts = mkdtempSync(`${out}.part-`);
  try {
    const sets = new FileSets(parts);
    const end = await job.run((origin) => {
      for (const [at, path] of served.original)
        sets.rename(new URL(at, origin).href, path, served.files.get(path) ?? path);
      return {
        command: "export",
        config: job.config(origin),
        what,
        adapter: adapter.files,
        name: adapter.name,
      };
    }, sets);
    if (end.status !== "done") {
      console.error(`${end.status}: ${end.reason}${end.hint ? ` ${end.hint}` : ""}`);
      return end.status === "stopped" ? 130 : 1;
    }
    renameSync(what === "gguf" ? join(parts, "export", "adapter.gguf") : join(parts, "export"), out);
    console.log(`exported: ${out}`);
    return 0;
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
}
