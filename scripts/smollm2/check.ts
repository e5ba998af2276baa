// The real model against PyTorch, on real WebGPU: loading, tokenizer, log-probabilities, greedy answers, ten LoRA steps,
// and the exported adapter in real PEFT. A part of `npm test`; `npx tsx scripts/smollm2/check.ts` runs it alone.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { ConformanceJobs, ConformanceLine } from "../../src/conformance/page";
import type { Row } from "../../src/conformance/runCase";
import { ROOT } from "../build";
import { isMain, options } from "../options";
import { runProgram } from "../process";
import { findPython } from "../python";
import { body, type Route } from "../serve";
import { answer, fileRoute, mount, secret } from "../site";
import { emptyTally, exitCode, tallyLine, type Print, type Tally } from "../tally";
import { watchPage } from "../watched";
import { SMOLLM2_PATH, smolLm2 } from "./fetch";

const HELP = `Holds SmolLM2-135M-Instruct on WebGPU against PyTorch's numbers (e2e/golden/smollm2).

  npx tsx scripts/smollm2/check.ts [--browser chromium|firefox] [--keep DIR]

  --keep DIR   keep the exported adapter there
`;
/** Seconds without a row after which the page is given up: ten steps take the longest. */
const SILENCE_S = 600;
const GOLDEN = join(ROOT, "e2e", "golden", "smollm2");
/** The dequantised model as a Hugging Face folder, PEFT's base. Made once, kept out of git. */
const BASE = join(dirname(SMOLLM2_PATH), "SmolLM2-135M-Instruct-f32");
const NEEDED = ["torch", "transformers", "peft", "safetensors", "gguf"];

/** Takes files posted to `prefix` + name into a folder. */
function fileInbox(prefix: string, folder: string): Route {
  return {
    prefix,
    async handle(request, response, rest) {
      if (request.method !== "POST" || rest !== basename(rest)) return false;
      writeFileSync(join(folder, rest), await body(request));
      response.end("ok");
      return true;
    },
  };
}

/** Runs the checks in a page. Every row goes to `onRow`. Resolves with what went wrong with the page itself, or null. */
async function runPage({
  browser,
  folder,
  onRow,
  print,
}: {
  browser: string;
  folder: string;
  onRow: (row: Omit<Row, "share"> & { share: number | null }) => void;
  print: Print;
}): Promise<string | null> {
  const at = `/${secret()}/`;
  const model = `${at}${basename(SMOLLM2_PATH)}`;
  const real = { label: "SmolLM2-135M", model, base: `${at}golden/`, outbox: `${at}outbox/` };
  const jobs: ConformanceJobs = { kinds: null, cases: [], bad: [], bases: [], real };
  const { end, trouble } = await watchPage<ConformanceLine, string>({
    browser,
    page: "conformance.html",
    inbox: "/__report",
    routes: [
      answer("/__jobs", () => jobs),
      fileInbox(`${at}outbox/`, folder),
      mount(`${at}golden/`, GOLDEN),
      fileRoute(model, SMOLLM2_PATH),
    ],
    silenceS: SILENCE_S,
    awaited: "row",
    log: print,
    take(line, ended) {
      if (line.type === "row") onRow(line.row);
      if (line.type === "device") print(`      ${line.adapter || "an adapter without a name"}`);
      if (line.type === "end") ended(line.reason);
    },
  });
  return end || trouble || null;
}

/** What real PEFT makes of the exported adapter: passed, failed with its words, or why it was not asked. */
async function askPeft(folder: string, print: Print): Promise<{ reason?: string; fault?: string }> {
  const python = await findPython(NEEDED);
  if (python.reason !== undefined) return { reason: python.reason };
  if (!existsSync(join(BASE, "model.safetensors"))) {
    const made = await runProgram(python.path, [join("scripts", "smollm2", "golden.py"), "--base", BASE]);
    if (made.code !== 0) return { fault: `the base could not be made: ${made.output.trim().slice(-600)}` };
  }
  const script = join("scripts", "golden", "check_export.py");
  const { code, output } = await runProgram(python.path, [script, folder, BASE]);
  for (const line of output.trim().split("\n")) if (!/it\/s\]|^$/.test(line)) print(`      ${line}`);
  return code === 0 ? {} : { fault: `check_export.py ended with ${code}` };
}

export async function checkSmolLm2(
  print: Print,
  { browser = "chromium", keep }: { browser?: string; keep?: string } = {},
): Promise<Tally> {
  const name = "SmolLM2-135M against PyTorch";
  const tally = emptyTally();
  const found = await smolLm2({ timeoutS: 240 });
  if (found.reason !== undefined) return { ...tally, skipped: [{ name, reason: found.reason }] };
  const folder = keep ?? mkdtempSync(join(tmpdir(), "smollm2-"));
  const add = (what: string, fault = "", note = "") => {
    tally[fault ? "failed" : "passed"]++;
    print(`${fault ? "FAIL " : "ok   "} ${what}${note}${fault ? `\n      ${fault}` : ""}`);
  };
  let exported = false;
  try {
    const onRow: Parameters<typeof runPage>[0]["onRow"] = ({ check, share, message, elapsedMs }) => {
      const good = share !== null && share <= 1 && !message;
      if (check === "export") exported = good;
      const how = share === null ? "" : `${share.toFixed(3)} of the tolerance, `;
      add(
        `SmolLM2 ${check}`,
        good ? "" : message || "beyond its tolerance",
        ` (${how}${(elapsedMs / 1000).toFixed(1)} s)`,
      );
    };
    const trouble = await runPage({ browser, folder, onRow, print });
    if (trouble) add("SmolLM2 runs to its end", trouble);
    if (exported) {
      const { reason, fault } = await askPeft(folder, print);
      if (reason) tally.skipped.push({ name: "SmolLM2: the exported adapter in PEFT", reason });
      else add("SmolLM2: the exported adapter passes check_export.py", fault);
    }
  } finally {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
  return tally;
}

if (isMain(import.meta.url)) {
  const { browser, keep } = options(HELP, { browser: "string", keep: "string" });
  const tally = await checkSmolLm2(console.log, { browser, keep });
  for (const { name, reason } of tally.skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(tallyLine(tally));
  process.exit(exitCode(tally));
}
