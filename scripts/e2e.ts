// The end-to-end tests as parts of `npm test`: runs Playwright on one folder of e2e and returns how many tests
// passed.
import { mkdtempSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./browsers";
import { ensureBuilt } from "./build";
import { readJson } from "./json";
import { runProgram, tool } from "./process";
import { emptyTally, type Print, type Tally } from "./tally";

/** What Playwright's JSON report says, as far as it is read here. */
interface Report {
  suites: Suite[];
  errors: { message?: string }[];
}

interface Suite {
  title: string;
  specs: { title: string; tests: Test[] }[];
  suites?: Suite[];
}

interface Test {
  status: "expected" | "unexpected" | "flaky" | "skipped";
  annotations: { type: string; description?: string }[];
  results: { duration: number; errors: { message?: string; stack?: string }[] }[];
}

// The reporter colours what it quotes.
const ESCAPES = new RegExp(String.fromCharCode(27) + "\\[[0-9;]*m", "g");
const plain = (text: string) => text.replace(ESCAPES, "");

function count(title: string, test: Test, tally: Tally, print: Print): void {
  const seconds = test.results.reduce((sum, { duration }) => sum + duration, 0) / 1000;
  if (test.status === "skipped") {
    const reason =
      test.annotations.find(({ type }) => type === "skip")?.description ?? "skipped without a reason";
    tally.skipped.push({ name: title, reason });
    print(`skip  ${title}: ${reason}`);
  } else if (test.status === "expected") {
    tally.passed++;
    print(`ok    ${title} (${seconds.toFixed(1)} s)`);
  } else {
    tally.failed++;
    print(`FAIL  ${title}`);
    for (const { stack, message } of test.results.flatMap(({ errors }) => errors))
      print(`      ${plain(stack ?? message ?? "").replaceAll("\n", "\n      ")}`);
  }
}

function countSuite(suite: Suite, tally: Tally, print: Print): void {
  for (const { title, tests } of suite.specs) for (const test of tests) count(title, test, tally, print);
  for (const inner of suite.suites ?? []) countSuite(inner, tally, print);
}

/** A part of `npm test`: one project of playwright.config.ts. */
export const endToEnd =
  (project: string) =>
  async (print: Print): Promise<Tally> => {
    // Here, so that their progress is seen and the tests only find what is ready.
    await ensureBuilt(print);
    await findChromium(print);
    const folder = mkdtempSync(join(tmpdir(), "e2e-"));
    const file = join(folder, "report.json");
    const tally = emptyTally();
    try {
      const { output } = await runProgram(
        tool("playwright"),
        ["test", "--project", project, "--reporter=json"],
        {
          timeoutS: 3600,
          env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
        },
      );
      const report = existsSync(file) ? readJson<Report>(file) : null;
      for (const suite of report?.suites ?? []) countSuite(suite, tally, print);
      for (const { message } of report?.errors ?? []) print(`FAIL  ${plain(message ?? "")}`);
      tally.failed += report?.errors.length ?? 0;
      if (tally.passed + tally.failed + tally.skipped.length === 0) {
        tally.failed++;
        print(`FAIL  e2e ran no test of ${project}\n${output.trimEnd()}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return tally;
  };
