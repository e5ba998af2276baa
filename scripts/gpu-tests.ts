// Runs the kernel tests (src/**/*.gpu.ts) in a real browser on real WebGPU and prints one line a test.
import type { GpuTestLine } from "../e2e/gpu/run";
import type { GpuTestResult } from "../src/gpu/testing/suite";
import { engineOf } from "./browsers";
import { writeJson } from "./json";
import { options, isMain } from "./options";
import { emptyTally, exitCode, tallyLine, type Print, type Tally } from "./tally";
import { watchPage } from "./watched";

const HELP = `Runs the kernel tests in a browser.

  npx tsx scripts/gpu-tests.ts [--filter TEXT] [--file TEXT] [--browser chromium|firefox] [--runtime node] [--json FILE]

  --filter TEXT   only tests whose name contains TEXT
  --file TEXT     only files (src/**/*.gpu.ts) whose path contains TEXT
  --browser NAME  chromium (default) or firefox
  --runtime NAME  browser (default) or node: in Node on Dawn, without a browser
  --json FILE     also write the results there
  --quiet         print failures and skips only
`;

/** Seconds without any result after which the page is given up. */
const SILENCE_S = 240;

export interface GpuTests extends Tally {
  results: GpuTestResult[];
  browser: string;
  adapter: string;
}

export async function runGpuTests({
  filter = "",
  file = "",
  browser = "chromium",
  quiet = false,
  print = console.log,
}: {
  filter?: string;
  file?: string;
  browser?: string;
  quiet?: boolean;
  print?: Print;
} = {}): Promise<GpuTests> {
  const tally = emptyTally();
  const results: GpuTestResult[] = [];
  let adapter = "";
  const fail = (name: string, message: string, elapsedMs = 0) => {
    tally.failed++;
    results.push({ name, status: "failed", message, elapsedMs });
    print(`FAIL  ${name}\n      ${message.replaceAll("\n", "\n      ")}`);
  };
  const addResult = (result: GpuTestResult) => {
    const { name, status, message, elapsedMs } = result;
    if (status === "failed") return fail(name, message, elapsedMs);
    results.push(result);
    if (status === "skipped") {
      tally.skipped.push({ name, reason: message });
      print(`skip  ${name}: ${message}`);
      return;
    }
    tally.passed++;
    if (!quiet) print(`ok    ${name} (${elapsedMs} ms)`);
    if (message) print(`      ${message}`);
  };
  const { trouble, browser: version } = await watchPage<GpuTestLine, true>({
    browser,
    page: `e2e/gpu/index.html?${new URLSearchParams({ filter, file })}`,
    inbox: "/__report",
    dev: true,
    silenceS: SILENCE_S,
    awaited: "result",
    log: print,
    take(line, ended) {
      if (line.kind === "result") addResult(line.result);
      if (line.kind === "unloaded") {
        const name = `load ${line.file}`;
        if (name.includes(filter)) fail(name, line.message);
        else print(`note  ${line.file} could not be loaded (${line.message}); none of its tests were run`);
      }
      if (line.kind === "broken") fail("kernel tests", line.message);
      if (line.kind === "end") adapter = line.adapter;
      if (line.kind === "end" || line.kind === "broken") ended(true);
    },
  });
  if (trouble) fail("kernel tests", trouble);
  return { ...tally, results, browser: version, adapter };
}

if (isMain(import.meta.url)) {
  const args = options(HELP, {
    filter: "string",
    file: "string",
    browser: "string",
    runtime: "string",
    json: "string",
    quiet: "boolean",
  });
  const out = await runGpuTests({ ...args, browser: engineOf(args) });
  if (args.json) writeJson(args.json, out, 1);
  if (out.passed + out.failed + out.skipped.length === 0)
    console.log(`no test matches "${args.filter ?? ""}"`);
  console.log(`${out.browser}, ${out.adapter || "no adapter"}`);
  console.log(tallyLine(out));
  process.exit(exitCode(out));
}
