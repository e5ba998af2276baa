// `npm run lab -- export` in each kind, taken back by our own import and, where Python has the packages, loaded by PEFT,
// transformers and the gguf package. The adapter is made strong, so that a wrong weight shows above the rounding of bf16.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, ensureBuilt } from "./build";
import { isMain, options } from "./options";
import { runLab, runProgram } from "./process";
import { findPython } from "./python";
import { loadSource } from "./source";
import { checkInto, emptyTally, exitCode, tallyLine, type Check, type Print, type Tally } from "./tally";

const HELP = `Exports an adapter in each kind and loads what came out: here, in PEFT, transformers and gguf.

  npx tsx scripts/exports.ts [CASE]     a folder of e2e/golden/cases (qwen3-tied-bf16)

Python: PROXIMAL_PYTHON, else .cache/python, else python3.
`;
const CASE = "qwen3-tied-bf16";
/** How much stronger than the case's own the adapter is made. */
const STRONGER = 8;
/** Such an adapter moves the logits by 14. Rounding the merged weights to bf16 moves them by 0.28; this is 5 % of the 14. */
const MERGED_LIMIT = "0.7";
const KINDS = { peft: "peft", merged: "merged", gguf: "adapter.gguf" } as const;
/** Files that each kind of folder needs. */
const FILES = {
  peft: ["adapter_config.json", "adapter_model.safetensors", "README.md"],
  merged: [
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ],
};

interface Folders {
  base: string;
  adapter: string;
  peft: string;
  merged: string;
  gguf: string;
  saved: string;
}

/** The case's adapter with a larger alpha, as a PEFT folder of its own. */
function strongAdapter(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  const file = join(to, "adapter_config.json");
  const config = JSON.parse(readFileSync(file, "utf8")) as { lora_alpha: number };
  writeFileSync(file, JSON.stringify({ ...config, lora_alpha: config.lora_alpha * STRONGER }));
}

/** An adapter folder as our import reads it. */
async function imported(folder: string, base: string) {
  const { readAdapter } = await loadSource<typeof import("../src/data/peft")>("src/data/peft.ts");
  const { loadModelConfig } =
    await loadSource<typeof import("../src/data/modelConfig")>("src/data/modelConfig.ts");
  const { nodeFolder } = await loadSource<typeof import("../src/data/testing/nodeFolder")>(
    "src/data/testing/nodeFolder.ts",
  );
  const { config, state } = await readAdapter(nodeFolder(folder), await loadModelConfig(nodeFolder(base)));
  const scale = config.alpha / (config.useRslora ? Math.sqrt(config.rank) : config.rank);
  return { scale, tensors: [...state].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** Whether two adapter folders are the same adapter: names, shapes, values, scale. */
async function same(one: string, other: string, base: string): Promise<boolean> {
  const [a, b] = [await imported(one, base), await imported(other, base)];
  return (
    a.scale === b.scale &&
    a.tensors.length === b.tensors.length &&
    a.tensors.every(([name, { shape, values }], at) => {
      const [otherName, found] = b.tensors[at];
      const isShape = shape.join() === found.shape.join();
      return name === otherName && isShape && values.every((value, i) => value === found.values[i]);
    })
  );
}

/** Runs the command for each kind; false where one did not come out. */
async function exported({ base, adapter, ...out }: Folders, check: Check): Promise<boolean> {
  const config = `${out.peft}.json`;
  writeFileSync(config, JSON.stringify({ model: { source: base } }));
  let all = true;
  for (const kind of ["peft", "merged", "gguf"] as const) {
    const args = ["export", config, "--adapter", adapter, "--as", kind, "--out", out[kind]];
    const { code, output } = await runLab(args);
    const wanted = kind === "gguf" ? [out.gguf] : FILES[kind].map((name) => join(out[kind], name));
    const absent = wanted.filter((path) => !existsSync(path));
    all =
      check(
        `export as ${kind}`,
        code === 0 && absent.length === 0,
        `${output}\nabsent: ${absent.join(", ")}`,
      ) && all;
  }
  return all;
}

/** What other programs make of the exports; a check whose packages are not there is skipped, and says so. */
async function elsewhere(folders: Folders, tally: Tally, check: Check): Promise<void> {
  const { base, adapter, peft, merged, gguf, saved } = folders;
  const torch = ["torch", "transformers", "peft", "safetensors"];
  const rows: [what: string, packages: string[], script: string, args: string[], code: number][] = [
    ["PEFT loads the adapter, every tensor used", torch, "check_export.py", [peft, base], 0],
    [
      "the merged model alone computes as PEFT's",
      torch,
      "check_merged.py",
      [merged, "--base", base, "--adapter", adapter, "--limit", MERGED_LIMIT],
      0,
    ],
    // The check must be able to fail: the base is no merged model.
    [
      "the model without the adapter does not pass for it",
      torch,
      "check_merged.py",
      [base, "--base", base, "--adapter", adapter, "--limit", MERGED_LIMIT],
      1,
    ],
    [
      "every tensor of the GGUF is the adapter's",
      [...torch, "gguf"],
      "check_adapter_gguf.py",
      [gguf, peft],
      0,
    ],
    ["PEFT saves the adapter again", torch, "resave.py", [peft, base, saved], 0],
  ];
  for (const [what, packages, script, args, wanted] of rows) {
    const python = await findPython(packages);
    if (python.path === undefined) {
      tally.skipped.push({ name: what, reason: python.reason });
      continue;
    }
    const { code, output } = await runProgram(python.path, [
      join(ROOT, "scripts", "golden", script),
      ...args,
    ]);
    check(what, code === wanted, output);
  }
  if (existsSync(saved))
    check("the adapter as PEFT saved it is the same to our import", await same(saved, adapter, base));
}

/** The part of `npm test`. @param name a golden case with model, tokenizer and adapter */
export async function checkExports(print: Print, name = CASE): Promise<Tally> {
  await ensureBuilt(print);
  const tally = emptyTally();
  const check = checkInto(tally, print);
  const folder = mkdtempSync(join(tmpdir(), "exports-"));
  const at = (part: string) => join(folder, part);
  const golden = join(ROOT, "e2e", "golden", "cases", name);
  const folders: Folders = {
    base: join(golden, "model"),
    adapter: at("strong"),
    peft: at(KINDS.peft),
    merged: at(KINDS.merged),
    gguf: at(KINDS.gguf),
    saved: at("saved"),
  };
  try {
    strongAdapter(join(golden, "adapter"), folders.adapter);
    if (await exported(folders, check)) {
      check(
        "the exported adapter is the one that went in",
        await same(folders.peft, folders.adapter, folders.base),
      );
      await elsewhere(folders, tally, check);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

if (isMain(import.meta.url)) {
  const {
    _: [name],
  } = options(HELP, {});
  const tally = await checkExports((line) => console.log(line), name);
  for (const { name: what, reason } of tally.skipped) console.log(`skip  ${what}: ${reason}`);
  console.log(tallyLine(tally));
  process.exitCode = exitCode(tally);
}
