// The Python that a few checks need for the tools other people use (PyTorch, transformers, PEFT). The lab itself needs
// none; where there is none, those checks say so. `npx tsx scripts/python.ts` makes one in .cache/python.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build";
import { isMain, options } from "./options";
import { runProgram } from "./process";

const HELP = `Makes the Python environment of the checks against PyTorch and PEFT (about 1 GB, .cache/python).

  npx tsx scripts/python.ts

The checks look at PROXIMAL_PYTHON first, then there, then at python3.
`;
/** Where something is, or why it is not there. */
export type Found = { path: string; reason?: undefined } | { path?: undefined; reason: string };

const FOLDER = join(ROOT, ".cache", "python");
const OWN = join(FOLDER, "bin", "python");
const REQUIREMENTS = join("scripts", "smollm2", "requirements.txt");

/** The first Python that has these modules, or why there is none. */
export async function findPython(modules: string[]): Promise<Found> {
  const named = process.env.PROXIMAL_PYTHON;
  const tried = named ? [named] : [...(existsSync(OWN) ? [OWN] : []), "python3"];
  const code = `import importlib.util as u; print(" ".join(m for m in ${JSON.stringify(modules)} if u.find_spec(m) is None))`;
  const reasons: string[] = [];
  for (const path of tried) {
    const found = await runProgram(path, ["-c", code], { timeoutS: 60 });
    const missing = found.output.trim();
    if (found.code === 0 && missing === "") return { path };
    reasons.push(
      found.code === 0 ? `${path} has no ${missing.replaceAll(" ", ", ")}` : `${path} does not run`,
    );
  }
  return {
    reason: `${reasons.join("; ")} (npx tsx scripts/python.ts sets one up, PROXIMAL_PYTHON names another)`,
  };
}

if (isMain(import.meta.url)) {
  options(HELP, {});
  const show = { onLine: (line: string) => console.log(line), timeoutS: 3600 };
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", FOLDER]],
    [OWN, ["-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]],
  ];
  for (const [command, args] of steps) {
    const { code } = await runProgram(command, args, show);
    if (code !== 0) process.exit(1);
  }
  console.log(OWN);
}
