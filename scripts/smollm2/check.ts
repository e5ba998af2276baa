// The real model against PyTorch, on real WebGPU: loading, tokenizer, log-probabilities, greedy answers, ten LoRA steps,
// and the exported adapter in real PEFT. A part of `npm test`; `npx tsx scripts/smollm2/check.ts` runs it alone.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { startBrowser } from "../browsers";
import { ROOT } from "../build";
import { isMain, options } from "../options";
import { runProgram } from "../process";
import { findPython } from "../python";
import { body } from "../serve";
import { fileRoute, inbox, mount, openSite, secret } from "../site";
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
function fileInbox(prefix, folder) {
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

/** Runs the checks in a page. Every row goes to `onRow`. Returns what went wrong with the page itself, or null. */
async function runPage({ browser, folder, onRow, print }) {
  const at = `/${secret()}/`;
  let beat = Date.now();
  let finish;
  const ended = new Promise((resolve) => (finish = resolve));
  const onLine = (line) => {
    beat = Date.now();
    if (line.type === "row") onRow(line.row);
    if (line.type === "device") print(`      ${line.adapter || "an adapter without a name"}`);
    if (line.type === "end") finish(line.reason || null);
  };
  const model = `${at}${basename(SMOLLM2_PATH)}`;
  const real = { label: "SmolLM2-135M", model, base: `${at}golden/`, outbox: `${at}outbox/` };
  const jobs = { kinds: null, cases: [], bad: [], bases: [], real };
  const answer = { prefix: "/__jobs", handle: (_, response) => (response.end(JSON.stringify(jobs)), true) };
  const routes = [
    inbox("/__report", onLine),
    answer,
    fileInbox(`${at}outbox/`, folder),
    mount(`${at}golden/`, GOLDEN),
    fileRoute(model, SMOLLM2_PATH),
  ];
  const site = await openSite(routes, { log: print });
  let driver = null;
  let watchdog = null;
  try {
    driver = await startBrowser(browser, { log: print });
    const page = await driver.open(`${site.url}conformance.html`, (kind, text) => {
      if (kind === "error" && !text.startsWith("Failed to load resource")) print(`page  ${text}`);
    });
    const silent = new Promise((resolve) => {
      watchdog = setInterval(
        () => Date.now() - beat > SILENCE_S * 1000 && resolve(`no row for ${SILENCE_S} s`),
        1000,
      );
    });
    return await Promise.race([ended, page.gone, silent]);
  } finally {
    clearInterval(watchdog);
    await driver?.close().catch(() => {});
    await site.close();
  }
}

/** What real PEFT makes of the exported adapter: passed, failed with its words, or why it was not asked. */
async function askPeft(folder, print) {
  const python = await findPython(NEEDED);
  if (python.reason) return { reason: python.reason };
  if (!existsSync(join(BASE, "model.safetensors"))) {
    const made = await runProgram(python.path, [join("scripts", "smollm2", "golden.py"), "--base", BASE]);
    if (made.code !== 0) return { fault: `the base could not be made: ${made.output.trim().slice(-600)}` };
  }
  const script = join("scripts", "golden", "check_export.py");
  const { code, output } = await runProgram(python.path, [script, folder, BASE]);
  for (const line of output.trim().split("\n")) if (!/it\/s\]|^$/.test(line)) print(`      ${line}`);
  return code === 0 ? {} : { fault: `check_export.py ended with ${code}` };
}

/** @returns {Promise<{ passed: number, failed: number, skipped: { name: string, reason: string }[] }>} */
export async function checkSmolLm2(print, { browser = "chromium", keep = null } = {}) {
  const name = "SmolLM2-135M against PyTorch";
  const tally = { passed: 0, failed: 0, skipped: [] };
  const found = await smolLm2({ timeoutS: 240 });
  if (found.reason) return { ...tally, skipped: [{ name, reason: found.reason }] };
  const folder = keep ?? mkdtempSync(join(tmpdir(), "smollm2-"));
  const add = (what, fault, note = "") => {
    tally[fault ? "failed" : "passed"]++;
    print(`${fault ? "FAIL " : "ok   "} ${what}${note}${fault ? `\n      ${fault}` : ""}`);
  };
  let exported = false;
  try {
    const onRow = ({ check, share, message, elapsedMs }) => {
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
  const { passed, failed, skipped } = await checkSmolLm2(console.log, { browser, keep });
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  process.exit(failed || passed === 0 ? 1 : 0);
}
