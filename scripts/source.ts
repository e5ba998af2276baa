// Imports a TypeScript module of src/ into Node, so that the commands use the same code as the page.
import { join } from "node:path";
import { ROOT } from "./build";

const loaded = new Map<string, Promise<{ module: unknown }>>();

/** `path` is given from the project's root, e.g. `src/headless/summary.ts`; `Module` is `typeof import` of the same. */
export async function loadSource<Module>(path: string): Promise<Module> {
  const { runnerImport } = await import("vite");
  if (!loaded.has(path))
    loaded.set(path, runnerImport(join(ROOT, path), { root: ROOT, configFile: false, logLevel: "error" }));
  return (await loaded.get(path))?.module as Module;
}
