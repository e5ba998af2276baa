// Gives malformed inputs to the lab command. Each must end with an exit code other than 0 and one sentence on
// stderr that says what the case expects, and leave no files behind.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { ROOT, ensureBuilt } from "./build";
import { isMain, options } from "./options";
import { runLab } from "./process";
import { readJson } from "./json";
import { emptyTally, type Print, type Tally } from "./tally";

const HELP = `Gives every malformed input of a folder to the lab command.

  npx tsx scripts/bad-inputs.ts [DIR]     (e2e/golden/bad)
`;
const TIMEOUT_S = 120;

/** Folders with an expect.json, at any depth. */
export function badFolders(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /(^|[\\/])expect\.json$/.test(path))
    .map((path) => resolve(root, path, ".."))
    .sort();
}

/** What a message lacks of `must_mention`; "" = nothing. */
export function missingWords(message: string, mustMention: string[][]): string {
  const said = message.toLowerCase();
  const group = mustMention.find((words) => !words.some((word) => said.includes(word.toLowerCase())));
  return group ? `none of “${group.join("”, “")}” is in: ${message.trim() || "(nothing)"}` : "";
}

/** What an expect.json says. */
export interface Expected {
  feed: { kind: string; path: string; model?: string };
  must_mention: string[][];
}

/** The command's arguments for a bad input, with what it needs written into `folder`. */
function argumentsFor(
  { kind, path, model = path }: Expected["feed"],
  base: string,
  folder: string,
): string[] {
  const config = join(folder, "config.json");
  const out = join(folder, "out");
  const at = (part: string) => join(base, part);
  const write = (settings: object) => writeFileSync(config, JSON.stringify(settings));
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

export async function checkBadInputs(
  print: Print,
  root = join(ROOT, "e2e", "golden", "bad"),
): Promise<Tally> {
  const tally = emptyTally();
  await ensureBuilt(print);
  for (const base of badFolders(root)) {
    const expected = readJson<Expected>(join(base, "expect.json"));
    const folder = mkdtempSync(join(tmpdir(), "bad-input-"));
    try {
      const args = argumentsFor(expected.feed, base, folder);
      const { code, errors } = await runLab(args, undefined, TIMEOUT_S);
      // The sentence is one line; what went on before it is progress.
      const sentence = errors.split("\n").find((line) => line.startsWith("failed: ")) ?? "";
      const fault =
        code === 124
          ? `no answer within ${TIMEOUT_S} s`
          : code !== 1
            ? `the command ended with ${code}, expected 1: ${errors.trim()}`
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
