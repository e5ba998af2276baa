// The parts of `npm test`, in the order they run: quick ones first, so that a typo does not cost ten minutes.
// A part returns how many of its checks passed and failed, and which it skipped and why.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { checkBadInputs } from "./bad-inputs";
import { BUDGET_BYTES, firstLoad } from "./budget";
import { findFirefox, startBrowser } from "./browsers";
import { ROOT } from "./build";
import { runConformance } from "./conformance";
import { runGpuTests } from "./gpu-tests";
import { checkResume } from "./resume-run";
import { checkRewardRun } from "./reward-run";
import { checkShortRun } from "./short-run";
import { runProgram, tool } from "./process";
import { openSite } from "./site";
import { checkSmolLm2 } from "./smollm2/check";

/** @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[] }} Tally */

const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] });
const skip = (name, reason) => ({ passed: 0, failed: 0, skipped: [{ name, reason }] });

/** A program that must end well; its output is shown where it did not. */
async function program(name, command, args, print) {
  const { code, output } = await runProgram(command, args);
  print(`${code === 0 ? "ok   " : "FAIL "} ${name}`);
  if (code !== 0) print(output.trimEnd());
  return one(code === 0);
}

async function unit(print) {
  const folder = mkdtempSync(join(tmpdir(), "unit-"));
  const file = join(folder, "unit.json");
  try {
    const { output } = await runProgram(tool("vitest"), ["run", "--reporter=json", `--outputFile=${file}`]);
    if (!existsSync(file)) {
      print(output.trimEnd());
      return one(false);
    }
    const report = JSON.parse(readFileSync(file, "utf8"));
    const skipped = [];
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

async function size(print) {
  const { bytes, files } = await firstLoad(print);
  for (const f of files) print(`      ${f.file} ${(f.bytes / 1024).toFixed(1)} KB`);
  const ok = bytes <= BUDGET_BYTES;
  print(
    `${ok ? "ok   " : "FAIL "} first load: ${(bytes / 1024).toFixed(1)} KB of JavaScript gzipped, ${BUDGET_BYTES / 1024} KB allowed`,
  );
  return one(ok);
}

/** The reason why a browser cannot be used, or null. Chromium is required, so it never has one. */
async function missing(browser, print) {
  if (browser === "chromium") return null;
  return (await findFirefox(print))
    ? null
    : "no Firefox here, and none could be installed (PROXIMAL_FIREFOX names one)";
}

const kernels = (browser) => async (print) => {
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

const conformance = (browser) => async (print) => {
  const reason = await missing(browser, print);
  if (reason) return skip(`conformance in ${browser}`, reason);
  const { passed, failed } = await runConformance({ folder: join(ROOT, "e2e", "golden"), browser, print });
  return { passed, failed: failed + (passed + failed === 0 ? 1 : 0), skipped: [] };
};

/** Modules of a folder that export `default { name, run({ page, url, browser }) }`, on the built page in Chromium. */
const stories = (folder) => async (print) => {
  const path = join(ROOT, folder);
  const files = existsSync(path)
    ? readdirSync(path)
        .filter((f) => f.endsWith(".mjs") && !f.startsWith("_"))
        .sort()
    : [];
  if (files.length === 0) {
    print(`FAIL  ${folder} has no tests`);
    return one(false);
  }
  const tally = { passed: 0, failed: 0, skipped: [] };
  const site = await openSite([], { log: print });
  const browser = await startBrowser("chromium", { log: print });
  try {
    for (const file of files) {
      const { default: story } = await import(pathToFileURL(join(path, file)).href);
      const context = await browser.playwright.newContext({ viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      const start = Date.now();
      try {
        const outcome = await story.run({ page, url: site.url, browser: browser.playwright });
        if (outcome?.skipped) {
          tally.skipped.push({ name: story.name, reason: outcome.skipped });
          print(`skip  ${story.name}: ${outcome.skipped}`);
        } else {
          tally.passed++;
          print(`ok    ${story.name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
        }
      } catch (thrown) {
        tally.failed++;
        print(`FAIL  ${story.name}\n      ${String(thrown?.stack ?? thrown).replaceAll("\n", "\n      ")}`);
      } finally {
        await context.close();
      }
    }
  } finally {
    await browser.close();
    await site.close();
  }
  return tally;
};

/** @type {{ name: string, about: string, run: (print: (line: string) => void) => Promise<Tally> }[]} */
export const PARTS = [
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
  { name: "kernels", about: "kernels against their references, Chromium", run: kernels("chromium") },
  { name: "kernels-firefox", about: "the same in Firefox", run: kernels("firefox") },
  { name: "conformance", about: "golden cases and bad inputs, Chromium", run: conformance("chromium") },
  { name: "conformance-firefox", about: "the same in Firefox", run: conformance("firefox") },
  {
    name: "bad",
    about: "malformed files through the lab command",
    run: (print) => checkBadInputs(print),
  },
  {
    name: "smollm2",
    about: "a real pretrained model against PyTorch and PEFT, Chromium",
    run: (print) => checkSmolLm2(print),
  },
  { name: "edco", about: "a short real EDCO run through the lab command", run: checkShortRun },
  { name: "resume", about: "runs that go on, or may not, through the lab command", run: checkResume },
  { name: "reward", about: "a broken reward function through the lab command", run: checkRewardRun },
  { name: "journeys", about: "user stories on the built page", run: stories("e2e/journeys") },
  { name: "a11y", about: "axe and keyboard on every page", run: stories("e2e/a11y") },
];
