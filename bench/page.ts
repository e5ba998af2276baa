// Measures the page: bytes of the first load, time to the first picture, and the longest main-thread task, both
// while a recorded run with twenty times its samples plays at ten times its speed, and while a real run trains.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstLoad } from "../scripts/budget";
import type { Browser } from "playwright";
import type { RunEvent } from "../src/lib/events";
import { startChromium } from "../scripts/browsers";
import { DIST } from "../scripts/build";
import { openSite } from "../scripts/site";
import type { Recorded } from "../scripts/comparisons";
import { readJson, reasonOf } from "../scripts/json";
import { measureLive } from "./live";
import { row, type Measured, type Row } from "./rows";
import { endTasks, startTasks } from "./tasks";

const SPEED = 10;
const SAMPLES = 20;
/** Longest time the stream is watched, ms. */
const WATCH_MS = 60_000;

/** The log with `times` copies of every sample, scored alike, and its clock `speed` times as fast. */
export function enlarge(lines: readonly string[], times: number, speed: number): string[] {
  return lines.map((line) => {
    const event = JSON.parse(line) as RunEvent;
    event.atMs = Math.round(event.atMs / speed);
    if (event.type === "pool.loaded") {
      const { train } = event;
      event.train = Array.from({ length: times }, (_, copy) =>
        train.map((s) => ({ ...s, sampleId: copy ? `${s.sampleId}-${copy}` : s.sampleId })),
      ).flat();
    }
    if (event.type === "pool.scored") {
      const { values } = event;
      event.values = Array.from({ length: times }, () => values).flat();
    }
    return JSON.stringify(event);
  });
}

/** Runs in the page before anything else: notes long tasks and when the first picture has something drawn. */
function watch() {
  globalThis.bench = { longTasks: [], firstPictureMs: null };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      globalThis.bench.longTasks.push({ start: entry.startTime, ms: entry.duration });
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    const drawn = [...document.querySelectorAll("svg.figure, canvas")].some(
      (el) => el.getBoundingClientRect().width > 50 && (el.tagName === "CANVAS" || el.childElementCount > 3),
    );
    if (drawn) globalThis.bench.firstPictureMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const rowOf = (task: string, shape: string, unit: string, ...values: number[]): Row =>
  row({ suite: "page", task, shape, impl: "proximal", unit }, values);

/** The same page while a real run trains. */
async function liveRows(browser: Browser, url: string): Promise<{ rows: Row[]; adapter: string }> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  await page.addInitScript(watch);
  const { longest, over, clicks, submissionMs, adapter } = await measureLive(page, url);
  const shape = `live run on ${adapter}`;
  const rows = [
    rowOf("longest main-thread task while training (0: none over 50 ms)", shape, "ms", longest),
    rowOf("main-thread tasks over 50 ms while training", shape, "tasks", over),
    rowOf("click to its sheet on the screen while training", shape, "ms", ...clicks),
  ];
  if (submissionMs !== null)
    rows.push(rowOf("longest GPU submission of one training step", shape, "ms", submissionMs));
  return { rows, adapter };
}

export async function measurePage(): Promise<Measured> {
  const load = await firstLoad((line) => console.error(line));
  const rows = [
    rowOf("first load, JavaScript gzipped", `${load.files.length} files`, "KB", load.bytes / 1024),
  ];
  const catalogue = readJson<Recorded[]>(join(DIST, "runs", "index.json"));
  const site = await openSite();
  const driver = await startChromium();
  let failures = 0;
  let adapter = "";
  try {
    const page = await (
      await driver.playwright.newContext({ viewport: { width: 1280, height: 900 } })
    ).newPage();
    await page.addInitScript(watch);
    for (const { file } of catalogue) {
      await page.route(`**/runs/${file}`, (route) => {
        const lines = readFileSync(join(DIST, "runs", file), "utf8")
          .split("\n")
          .filter(Boolean);
        return route.fulfill({
          contentType: "application/x-ndjson",
          body: `${enlarge(lines, SAMPLES, SPEED).join("\n")}\n`,
        });
      });
    }
    await startTasks(driver.playwright, page);
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.bench.firstPictureMs !== null, null, { timeout: 30_000 });
    const picture = (await page.evaluate(() => globalThis.bench.firstPictureMs)) ?? NaN;
    rows.push(rowOf("first picture", "recorded run", "ms", picture));
    await page.waitForTimeout(WATCH_MS);
    const traced = await endTasks(driver.playwright);
    const tasks = await page.evaluate(() => globalThis.bench.longTasks);
    const streaming = tasks.filter((t) => t.start > picture);
    const longest = (list: { ms: number }[]) => list.reduce((most, t) => Math.max(most, t.ms), 0);
    const shape = `${SPEED} × speed, ${SAMPLES} × samples, ${WATCH_MS / 1000} s`;
    rows.push(
      rowOf(
        "longest main-thread task while loading (0: none over 50 ms)",
        "recorded run",
        "ms",
        longest(tasks.filter((t) => t.start <= picture)),
      ),
    );
    rows.push(
      rowOf("longest main-thread task while streaming (0: none over 50 ms)", shape, "ms", longest(streaming)),
    );
    rows.push(rowOf("main-thread tasks over 50 ms while streaming", shape, "tasks", streaming.length));
    const cpu = traced.reduce((most, { cpuMs }) => Math.max(most, cpuMs || 0), 0);
    rows.push(rowOf("longest main-thread task by its CPU time, loading and streaming", shape, "ms", cpu));
    await page.close();
    const live = await liveRows(driver.playwright, site.url);
    adapter = live.adapter;
    rows.push(...live.rows);
  } catch (thrown) {
    failures++;
    console.error(`FAILED page: ${reasonOf(thrown)}`);
  } finally {
    await driver.close();
    await site.close();
  }
  return { rows, adapter, browser: driver.version, failures };
}
