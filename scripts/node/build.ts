// Makes the thread's script one file of JavaScript in .cache: threads start without a compiler, whatever runs the command.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../build";

const SOURCES = ["thread", "hooks", "storage"];

/** The path of the built `thread.js`, with `hooks.js` beside it; built when its sources have changed. */
export async function builtThread(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...SOURCES, "build"])
    hash.update(readFileSync(join(ROOT, "scripts", "node", `${name}.ts`)));
  const folder = join(ROOT, ".cache", `node-thread-${hash.digest("hex").slice(0, 16)}`);
  const script = join(folder, "thread.js");
  if (existsSync(script)) return script;
  await buildThread(`${folder}-${process.pid}`);
  if (!existsSync(folder)) renameSync(`${folder}-${process.pid}`, folder);
  rmSync(`${folder}-${process.pid}`, { recursive: true, force: true });
  return script;
}

/** Writes `thread.js`, `hooks.js` and a package.json that says they are modules. */
async function buildThread(outDir: string): Promise<void> {
  const vite = await import("vite");
  await vite.build({
    ...{ root: ROOT, configFile: false, logLevel: "error", publicDir: false },
    ssr: { noExternal: true },
    build: {
      ...{ outDir, ssr: true, target: "node20", emptyOutDir: true, copyPublicDir: false },
      rolldownOptions: {
        input: { thread: join(ROOT, "scripts/node/thread.ts"), hooks: join(ROOT, "scripts/node/hooks.ts") },
        output: { entryFileNames: "[name].js" },
      },
    },
  });
}
