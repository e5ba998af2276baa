// Malformed inputs through the lab command: each must end with an exit code other than 0 and, on stderr, one sentence
// that says what its expectation asks for; nothing may be left behind.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { ROOT, ensureBuilt } from "./build";
import { isMain, options } from "./options";
import { command } from "./process";

const HELP = `Gives every malformed input of a folder to the lab command.

  npx tsx scripts/bad-inputs.ts [DIR]     (e2e/golden/bad)
`;
const TIMEOUT_S = 120;

/** Folders with an expect.json, at any depth. */
export function badFolders(root) {
  return readdirSync(root, { recursive: true })
    .filter((path) => /(^|[\\/])expect\.json$/.test(path))
    .map((path) => resolve(root, path, ".."))
    .sort();
}

/** What a message lacks of `must_mention`; "" = nothing. */
export function missingWords(message, mustMention) {
  const said = message.toLowerCase();
  const group = mustMention.find((words) => !words.some((word) => said.includes(word.toLowerCase())));
  return group ? `none of “${group.join("”, “")}” is in: ${message.trim() || "(nothing)"}` : "";
}

/** The command's arguments for a bad input, with what it needs written into `folder`. */
function argumentsFor({ kind, path, model }, base, folder) {
  const config = join(folder, "config.json");
  const out = join(folder, "out");
  const at = (part) => join(base, part);
  const write = (settings) => writeFileSync(config, JSON.stringify(settings));
  if (kind === "dataset") write({ data: { train: at(path) } });
  else write({ model: { source: at(kind === "adapter" ? model : path) } });
  if (kind !== "adapter") return ["run", config, "--out", out];
  const prompts = join(folder, "prompts.jsonl");
  writeFileSync(prompts, '"1+1?"\n');
  return [
    "generate",
    config,
    "--adapter",
    at(path),
    "--prompts",
    prompts,
    "--max-new-tokens",
    "1",
    "--out",
    out,
  ];
}

/** @returns {Promise<{ code: number | null, stderr: string }>} */
function lab(args) {
  return new Promise((done) => {
    const child = spawn(process.execPath, [...command("lab"), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_S * 1000);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk) => (stderr += chunk));
    child.on("close", (code) => {
      clearTimeout(timer);
      done({ code, stderr });
    });
  });
}

/** @returns {Promise<{ passed: number, failed: number, skipped: [] }>} */
export async function checkBadInputs(print, root = join(ROOT, "e2e", "golden", "bad")) {
  const tally = { passed: 0, failed: 0, skipped: [] };
  await ensureBuilt(print);
  for (const base of badFolders(root)) {
    const expected = JSON.parse(readFileSync(join(base, "expect.json"), "utf8"));
    const folder = mkdtempSync(join(tmpdir(), "bad-input-"));
    try {
      const args = argumentsFor(expected.feed, base, folder);
      const { code, stderr } = await lab(args);
      // The sentence is one line; what went on before it is progress.
      const sentence = stderr.split("\n").find((line) => line.startsWith("failed: ")) ?? "";
      const fault =
        code === null
          ? `no answer within ${TIMEOUT_S} s`
          : code !== 1
            ? `the command ended with ${code}, expected 1: ${stderr.trim()}`
            : missingWords(sentence, expected.must_mention) ||
              (existsSync(join(folder, "out")) ? "something was left in the output folder" : "");
      tally[fault ? "failed" : "passed"]++;
      print(
        `${fault ? "FAIL " : "ok   "} ${relative(root, base)}: ${fault || sentence.slice("failed: ".length)}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return tally;
}

if (isMain(import.meta.url)) {
  const args = options(HELP, {});
  const { passed, failed } = await checkBadInputs(console.log, args._[0] ? resolve(args._[0]) : undefined);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || passed === 0 ? 1 : 0);
}
