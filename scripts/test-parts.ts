// The parts of `npm test`, in the order they begin: quick ones first, so that a typo does not cost ten minutes, then the
// longest, so that none of them is left alone at the end.
// A part returns how many of its checks passed and failed, and which it skipped and why.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { checkBadInputs } from "./bad-inputs";
import { BUDGET_BYTES, firstLoad } from "./budget";
import { findFirefox } from "./browsers";
import { ROOT, ensureBuilt } from "./build";
import { runConformance } from "./conformance";
import { runGpuTests } from "./gpu-tests";
import { checkExports } from "./exports";
import { hasDawn } from "./node/dawn";
import { checkNodeRun } from "./node-run";
import { checkResume } from "./resume-run";
import { checkRewardRun } from "./reward-run";
import { checkShortRun } from "./short-run";
import { runProgram, tool } from "./process";
import { readJson } from "./json";
import { endToEnd } from "./e2e";
import { checkSmolLm2 } from "./smollm2/check";
import { emptyTally, type Print, type Skipped, type Tally } from "./tally";

const one = (ok: boolean): Tally => ({ ...emptyTally(), [ok ? "passed" : "failed"]: 1 });
const skip = (name: string, reason: string): Tally => ({ ...emptyTally(), skipped: [{ name, reason }] });

/** A program that must end well; its output is shown where it did not. */
async function program(name: string, command: string, args: string[], print: Print): Promise<Tally> {
  const { code, output } = await runProgram(command, args);
  print(`${code === 0 ? "ok   " : "FAIL "} ${name}`);
  if (code !== 0) print(output.trimEnd());
  return one(code === 0);
}

/** What Vitest's JSON report says, as far as it is read here. */
interface UnitReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: {
      title: string;
      fullName: string;
      status: string;
      failureMessages: string[];
      meta?: { note?: string; reason?: string };
    }[];
  }[];
}

/** Where Dawn was fetched before: `npm test` loads no 51 MB by itself, and stays under half an hour. */
async function inNode(print: Print): Promise<Tally> {
  if (hasDawn()) return built(checkNodeRun)(print);
  return skip("node", "Dawn is not in .cache (any command with --runtime node fetches it, 51 MB)");
}

async function unit(print: Print): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "unit-"));
  const file = join(folder, "unit.json");
  try {
    const { output } = await runProgram(tool("vitest"), ["run", "--reporter=json", `--outputFile=${file}`]);
    if (!existsSync(file)) {
      print(output.trimEnd());
      return one(false);
    }
    const report = readJson<UnitReport>(file);
    const skipped: Skipped[] = [];
    let broken = 0;
    for (const suite of report.testResults) {
      const name = relative(ROOT, suite.name);
      const failures = suite.assertionResults.filter((t) => t.status === "failed");
      print(`${suite.status === "passed" ? "ok   " : "FAIL "} ${name} (${suite.assertionResults.length})`);
      for (const { title, meta } of suite.assertionResults)
        if (meta?.note) print(`      ${title}: ${meta.note}`);
      for (const test of failures)
        print(`      ${test.fullName}\n      ${test.failureMessages.join("\n      ")}`);
      if (suite.status !== "passed" && failures.length === 0) {
        // The file itself could not be run: none of its tests was counted.
        broken++;
        print(`      ${suite.message}`);
      }
      for (const test of suite.assertionResults) {
        if (test.status === "pending" || test.status === "skipped" || test.status === "todo") {
          const reason = test.meta?.reason ?? "marked as skipped in the file, without a reason";
          skipped.push({ name: `${name}: ${test.fullName}`, reason });
        }
      }
    }
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken, skipped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function size(print: Print): Promise<Tally> {
  const { bytes, files } = await firstLoad(print);
  for (const f of files) print(`      ${f.file} ${(f.bytes / 1024).toFixed(1)} KB`);
  const ok = bytes <= BUDGET_BYTES;
  print(
    `${ok ? "ok   " : "FAIL "} first load: ${(bytes / 1024).toFixed(1)} KB of JavaScript gzipped, ${BUDGET_BYTES / 1024} KB allowed`,
  );
  return one(ok);
}

/** The reason why a browser cannot be used, or null. Chromium is required, so it never has one. */
async function missing(browser: string, print: Print): Promise<string | null> {
  if (browser === "chromium") return null;
  return (await findFirefox(print))
    ? null
    : "no Firefox here, and none could be installed (PROXIMAL_FIREFOX names one)";
}

const kernels =
  (browser: string) =>
  async (print: Print): Promise<Tally> => {
    const reason = await missing(browser, print);
    if (reason) return skip(`kernels in ${browser}`, reason);
    const { passed, failed, skipped, browser: version, adapter } = await runGpuTests({ browser, print });
    print(`      ${version}, ${adapter || "no adapter"}`);
    return {
      passed,
      failed: failed + (passed + failed === 0 ? 1 : 0),
      skipped: skipped.map((s) => ({ ...s, name: `${s.name} (${browser})` })),
    };
  };

const conformance =
  (browser: string) =>
  async (print: Print): Promise<Tally> => {
    const reason = await missing(browser, print);
    if (reason) return skip(`conformance in ${browser}`, reason);
    const { passed, failed } = await runConformance({ folder: join(ROOT, "e2e", "golden"), browser, print });
    return { passed, failed: failed + (passed + failed === 0 ? 1 : 0), skipped: [] };
  };

/** A part whose commands serve the page: built once before them. */
const built =
  (run: (print: Print) => Promise<Tally>) =>
  async (print: Print): Promise<Tally> => {
    await ensureBuilt(print);
    return run(print);
  };

export interface Part {
  name: string;
  about: string;
  run: (print: Print) => Promise<Tally>;
}

export const PARTS: Part[] = [
  {
    name: "types",
    about: "TypeScript, strict",
    run: (print) => program("tsc", tool("tsc"), ["--noEmit"], print),
  },
  {
    name: "lint",
    about: "ESLint with one-way imports",
    run: (print) => program("eslint", tool("eslint"), [".", "--max-warnings", "0"], print),
  },
  {
    name: "format",
    about: "Prettier",
    run: (print) => program("prettier", tool("prettier"), ["--check", "--log-level", "warn", "."], print),
  },
  { name: "unit", about: "pure code in Node", run: unit },
  { name: "size", about: "first load of the page", run: size },
  { name: "journeys", about: "user stories on the built page", run: endToEnd("journeys") },
  { name: "kernels", about: "kernels against their references, Chromium", run: kernels("chromium") },
  { name: "kernels-firefox", about: "the same in Firefox", run: kernels("firefox") },
  {
    name: "smollm2",
    about: "a real pretrained model against PyTorch and PEFT, Chromium",
    run: (print) => checkSmolLm2(print),
  },
  { name: "resume", about: "runs that go on, or may not, through the lab command", run: built(checkResume) },
  { name: "edco", about: "a short real EDCO run through the lab command", run: built(checkShortRun) },
  { name: "node", about: "the engine in Node, against Chromium", run: inNode },
  { name: "conformance", about: "golden cases and bad inputs, Chromium", run: conformance("chromium") },
  { name: "conformance-firefox", about: "the same in Firefox", run: conformance("firefox") },
  {
    name: "bad",
    about: "malformed files through the lab command",
    run: (print) => checkBadInputs(print),
  },
  {
    name: "exports",
    about:
      "exported adapters and models, taken back and, where Python has them, in PEFT, transformers and gguf",
    run: (print) => checkExports(print),
  },
  { name: "visual", about: "pictures and panels as they looked", run: endToEnd("visual") },
  { name: "a11y", about: "axe and keyboard on every page", run: endToEnd("a11y") },
  {
    name: "reward",
    about: "a broken reward function through the lab command",
    run: built(checkRewardRun),
  },
];
