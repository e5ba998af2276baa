// Measures the page while a real run trains: the longest main-thread task, the time from a click to its panel, and
// the longest GPU submission of one step. With a software adapter page and training share the same CPU cores.
import type { Page } from "playwright";

// Steps enough that the first round still trains when everything has been watched, also on a fast adapter.
const RUN =
  "#story=needle&curriculum.rounds=2&curriculum.perRound=64&budget.steps=800&evaluation.limit=8&evaluation.probes=2" +
  "&curriculum.estimator.kind=teacher-forced";
const LONG_MS = 180_000;
/** How long the training is watched, ms, and how often a person clicks meanwhile. */
const WATCH_MS = 25_000;
const CLICKS = 20;

/** Runs in the page: from the click to the first moment after the frame that shows its sheet, ms. */
function clickDelay(name: string): Promise<number> {
  return new Promise((resolve) => {
    const buttons = [...document.querySelectorAll<HTMLButtonElement>("header nav button")];
    const button = buttons.find((b) => b.textContent === name);
    const from = performance.now();
    const look = (): number =>
      requestAnimationFrame(() => {
        if (!document.querySelector("dialog[open]")) return look();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - from);
        port2.postMessage(null);
      });
    // As a press of the mouse: a task of its own, in the queue behind what is already there.
    setTimeout(() => {
      button?.click();
      look();
    });
  });
}

declare global {
  /** What the page notes of itself while it is measured (bench/page.ts). */
  var bench: { longTasks: { start: number; ms: number }[]; firstPictureMs: number | null };
}

export interface Live {
  longest: number;
  over: number;
  clicks: number[];
  submissionMs: number | null;
  adapter: string;
}

/** `page`: one whose long tasks are noted in `bench.longTasks`. */
export async function measureLive(page: Page, url: string): Promise<Live> {
  page.setDefaultTimeout(LONG_MS);
  await page.goto(`${url}${RUN}`);
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  const training = () =>
    page
      .getByText(/^training/)
      .first()
      .waitFor();
  await training();
  // The sheets' code is loaded with the first of them: that is not what is measured.
  await page.evaluate(clickDelay, "Words");
  await page.keyboard.press("Escape");
  const from = await page.evaluate(() => performance.now());
  const clicks: number[] = [];
  for (let click = 0; click < CLICKS; click++) {
    clicks.push(await page.evaluate(clickDelay, "Words"));
    await page.keyboard.press("Escape");
    await page.waitForTimeout(WATCH_MS / CLICKS);
  }
  const tasks = await page.evaluate(
    (start) => globalThis.bench.longTasks.filter((t) => t.start > start),
    from,
  );
  const adapter = await page.locator(".chip").innerText();
  await page.locator(".chip").click();
  await page.getByRole("button", { name: "Time the next step" }).click();
  const said = page.locator("#step-kernels").getByText(/longest submission held the GPU/);
  const submissionMs = await said.innerText({ timeout: LONG_MS }).then(
    (text) => Number(/for ([\d.]+) ms/.exec(text)?.[1] ?? NaN),
    () => null,
  );
  return {
    longest: tasks.reduce((most, { ms }) => Math.max(most, ms), 0),
    over: tasks.length,
    clicks,
    submissionMs,
    adapter: adapter.split(" · ")[0],
  };
}
