// Data in twelve formats through the command: each file trains the built-in model for two steps and is tested before and
// after. `npx tsx scripts/import-run.ts` (about a minute a format on a software adapter); not part of `npm test`.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DATASET_FILES, questions } from "../src/data/testing/datasetFiles";
import { ROOT } from "./build";
import { options } from "./options";
import { command, runProgram } from "./process";

const HELP = `Trains two steps on the same questions in each format, and tests before and after.

  npx tsx scripts/import-run.ts [--only NAME]

  --only NAME   one file alone: ${Object.keys(DATASET_FILES).join(", ")}
`;
const COUNT = 24;
const FOLDER = join(ROOT, ".cache", "import-run");

interface Summary {
  evaluations: { step: number; value: number }[];
}

/** What went wrong with a file, or null. */
async function fault(name: string, bytes: Uint8Array): Promise<string | null> {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  const config = {
    data: { train: name, test: null, testShare: 0.25 },
    trainer: { samplesPerBatch: 4 },
    curriculum: { strategy: "random", rounds: 1, perRound: null },
    budget: { steps: 2 },
    evaluation: { probes: 0 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const out = join(folder, "out");
  const { code, output } = await runProgram(process.execPath, [
    ...command("lab"),
    "run",
    join(folder, "config.json"),
    "--out",
    out,
  ]);
  if (code !== 0) return `exit code ${code}: ${output.trim().slice(-300)}`;
  const { evaluations } = JSON.parse(readFileSync(join(out, "summary.json"), "utf8")) as Summary;
  const steps = evaluations.map(({ step }) => step);
  return steps[0] === 0 && steps.at(-1) === 2 ? null : `tested after steps ${steps.join(", ")}, not 0 and 2`;
}

const { only } = options(HELP, { only: "string" });
for (const [name, write] of Object.entries(DATASET_FILES)) {
  if (only !== undefined && only !== name) continue;
  const found = await fault(name, write(questions(COUNT)));
  process.stdout.write(`${name}: ${found ?? "trained 2 steps, tested before and after"}\n`);
  if (found !== null) process.exitCode = 1;
}
