// Installs the engines that ours is compared with in a folder of their own; they are not dependencies of the
// project.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/build";

const PEERS = [
  "@jax-js/jax@0.1.25",
  "@tensorflow/tfjs@4.22.0",
  "@tensorflow/tfjs-backend-webgpu@4.22.0",
  "onnxruntime-web@1.30.0",
  "@huggingface/transformers@4.3.1",
];
/** What transformers.js needs in Node alone, hundreds of megabytes: an empty package stands in for each. */
const NOT_IN_A_BROWSER = ["onnxruntime-node", "sharp"];

/** Installs the peers once. Returns the folder with their packages. */
export function installPeers(): string {
  const folder = join(ROOT, ".cache", "peers");
  const marker = join(folder, "installed.json");
  const overrides = Object.fromEntries(NOT_IN_A_BROWSER.map((name) => [name, "file:./nothing"]));
  const wanted = JSON.stringify([PEERS, overrides]);
  if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) {
    const nothing = join(folder, "nothing");
    mkdirSync(nothing, { recursive: true });
    writeFileSync(join(nothing, "package.json"), '{ "name": "nothing", "version": "0.0.0" }\n');
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, overrides })}\n`);
    const flags = ["--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"];
    const done = spawnSync("npm", ["install", ...flags, ...PEERS], { stdio: ["ignore", 2, 2], cwd: folder });
    if (done.status !== 0) throw new Error("the peers could not be installed; run without --peers");
    writeFileSync(marker, wanted);
  }
  return join(folder, "node_modules");
}
