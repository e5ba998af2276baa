// How long the data page takes with a file of 10,000 rows: until its rows are shown, until they are kept, and the longest task
// of the page's own thread meanwhile. Prints figures of this machine and asserts nothing: they say little on a busy one.
import type { Page } from "playwright";
import { startChromium } from "./browsers";
import { isMain, options } from "./options";
import { openSite } from "./site";

const HELP = `Opens and keeps a file of 10,000 rows on the data page, and prints how long each step takes.

  npx tsx scripts/keep-time.ts [--rows N] [--repeat N]     rows (10000), repetitions (3)

Asked: rows shown within 1000 ms, and no task over 50 ms while they are kept, on a machine that does nothing else.
`;
const WAIT = 300_000;

/** A step of the page: how long it took, and the longest task of its thread meanwhile, in ms; 0 = none over 50 ms. */
interface Step {
  tookMs: number;
  longestTaskMs: number;
}

/** Runs a step and reads the tasks over 50 ms that the browser reported during it. */
async function measured(page: Page, step: () => Promise<unknown>): Promise<Step> {
  await page.evaluate("globalThis.longTasks = []");
  const began = performance.now();
  await step();
  const tookMs = performance.now() - began;
  // Long tasks are reported a moment after they end.
  await page.waitForTimeout(300);
  const tasks: number[] = await page.evaluate("globalThis.longTasks");
  return { tookMs, longestTaskMs: Math.max(0, ...tasks) };
}

const file = (rows: number): Buffer =>
  Buffer.from(
    Array.from({ length: rows }, (_, i) =>
      JSON.stringify({
        question: `What is ${i} plus ${i % 97}?`,
        answer: `${i}+${i % 97}, so ${i + (i % 97)}`,
      }),
    ).join("\n"),
  );

async function once(url: string, rows: number): Promise<{ shown: Step; kept: Step }> {
  const browser = await startChromium();
  try {
    const page = await browser.playwright.newPage({ reducedMotion: "reduce" });
    await page.addInitScript(
      "new PerformanceObserver((list) => list.getEntries().forEach((task) => globalThis.longTasks?.push(task.duration))).observe({ type: 'longtask' })",
    );
    page.setDefaultTimeout(WAIT);
    await page.goto(url);
    await page.locator("canvas, svg").first().waitFor();
    await page.keyboard.press("q");
    const panel = page.getByRole("dialog", { name: "My questions" });
    const input = panel.locator("input[type=file]");
    await input.waitFor({ state: "attached" });
    const shown = await measured(page, async () => {
      await input.setInputFiles({ name: "rows.jsonl", mimeType: "text/plain", buffer: file(rows) });
      await panel.getByRole("button", { name: "line 1", exact: true }).waitFor();
    });
    const kept = await measured(page, async () => {
      await panel.getByRole("button", { name: "Save and use" }).click();
      await panel.getByRole("button", { name: "View rows.jsonl" }).waitFor();
    });
    return { shown, kept };
  } finally {
    await browser.close();
  }
}

if (isMain(import.meta.url)) {
  const { rows = "10000", repeat = "3" } = options(HELP, { rows: "string", repeat: "string" });
  const { url, close } = await openSite();
  try {
    for (let turn = 0; turn < Number(repeat); turn++) {
      const steps = Object.entries(await once(url, Number(rows)));
      const said = steps.map(
        ([name, { tookMs, longestTaskMs }]) =>
          `${name} in ${tookMs.toFixed(0)} ms, longest task ${longestTaskMs === 0 ? "under 50" : longestTaskMs.toFixed(0)} ms`,
      );
      console.log(said.join("; "));
    }
  } finally {
    await close();
  }
}
