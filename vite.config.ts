// Builds the page, its worker and the pages the commands drive without a window. Shaders are imported as text
// (`?raw`); nothing is fetched from elsewhere.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The project, wherever the command was given. */
const ROOT = import.meta.dirname;

/** The page, the lab's headless page and the conformance page: separate entries, so none weighs on another. */
const input = ["index.html", "headless.html", "conformance.html"]
  .map((file) => join(ROOT, file))
  .filter((file) => existsSync(file));

/** What a build reads: a commit with other content there is not the one that was built. */
const SOURCES = [
  "src",
  "shaders",
  "public",
  "index.html",
  "headless.html",
  "vite.config.ts",
  "package-lock.json",
];

/** Version and commit, for the identity of runs: `0.1.0 (1a2b3c4d5e6f)`, with `, changed` where sources differ from it. */
function codeVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const git = (...words: string[]): string =>
    execFileSync("git", words, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    // A copy without history may lie inside another project's repository, whose commit says nothing here.
    if (realpathSync(git("rev-parse", "--show-toplevel")) !== realpathSync(ROOT)) return version;
    const changed = git("status", "--porcelain", "--", ...SOURCES) !== "";
    return `${version} (${git("rev-parse", "--short=12", "HEAD")}${changed ? ", changed" : ""})`;
  } catch {
    return version;
  }
}

export default defineConfig({
  plugins: [react()],
  define: { "import.meta.env.LAB_CODE": JSON.stringify(codeVersion()) },
  base: "./",
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    // The size budget reads what the first load takes from it.
    manifest: true,
    rolldownOptions: { input },
  },
  worker: { format: "es" },
});
