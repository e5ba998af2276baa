// Checks that only one tab trains a run: of three tabs the one that trains is killed (SIGKILL) in round 3, and the
// two that follow both try to resume. The run must be resumed once: its log in the database is complete and equals
// that of an undisturbed run.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright";
import type { RunEvent } from "../src/lib/events";
import { reasonOf, timeless } from "./json";
import { openSite } from "./site";
import { startChromium } from "./browsers";
import { isMain, options, usage } from "./options";

const HELP = `Kills the tab that trains, lets another go on, and compares the log with an undisturbed one.

  npx tsx scripts/tabs.ts [--repeat N]     repetitions (1)
`;
const [ROUNDS, STEPS] = [5, 40];
const SETTINGS = {
  "curriculum.strategy": "random",
  "curriculum.rounds": ROUNDS,
  "budget.steps": STEPS,
  "trainer.samplesPerBatch": 2,
  "evaluation.limit": 2,
  "evaluation.probes": 1,
  "evaluation.maxNewTokens": 4,
};
const HASH = `#story=comm&${Object.entries(SETTINGS)
  .map(([key, value]) => `${key}=${value}`)
  .join("&")}`;
/** The recorded run does not play meanwhile: three tabs of it would be most of the work. */
const CALM: BrowserContextOptions = { viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" };
const WAIT = 120_000;

/** tsx has esbuild keep function names by a helper `__name`, which a function sent to the page takes along, but not the helper
 *  (https://github.com/privatenumber/tsx/issues/113). */
async function calmContext(browser: Browser) {
  const context = await browser.newContext(CALM);
  await context.addInitScript("globalThis.__name = (named) => named");
  return context;
}

/** Runs and their pieces of log as the database has them. */
interface Stored {
  runs: { status: string; eventCount: number }[];
  chunks: { first: number; events: RunEvent[] }[];
}

const stored = (page: Page): Promise<Stored> =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await asked(indexedDB.open("proximal"));
    try {
      const tx = db.transaction(["runs", "events"]);
      const all = <T>(name: string) => asked(tx.objectStore(name).getAll()) as Promise<T[]>;
      const [runs, chunks] = await Promise.all([
        all<Stored["runs"][number]>("runs"),
        all<Stored["chunks"][number]>("events"),
      ]);
      return { runs, chunks };
    } finally {
      db.close();
    }
  });

/** What is wrong with a stored run, or null. */
function fault({ runs, chunks }: Stored, wanted: string[] | null): string | null {
  if (runs.length !== 1) return `${runs.length} runs are stored`;
  const [run] = runs;
  if (run.status !== "done") return `the run is ${run.status}`;
  const events: RunEvent[] = [];
  for (const { first, events: more } of chunks) {
    if (first !== events.length) return `a piece of the log begins at ${first}, not ${events.length}`;
    events.push(...more);
  }
  if (run.eventCount !== events.length) return `${events.length} events, but ${run.eventCount} are counted`;
  const lines = timeless(events, ["runId"]);
  if (!wanted) return null;
  const at = wanted.findIndex((line, i) => line !== lines[i]);
  if (at >= 0) return `event ${at} is ${lines[at]?.slice(0, 200)}, not ${wanted[at].slice(0, 200)}`;
  return lines.length === wanted.length ? null : `${lines.length} events, not ${wanted.length}`;
}

/**
 * The renderer of a page, told by its processor time: the browser lists it for every process, a page knows its own, and
 * asked before and after, only one process lies between.
 */
async function processOf(browser: Browser, page: Page): Promise<number> {
  const [whole, own] = [await browser.newBrowserCDPSession(), await page.context().newCDPSession(page)];
  await own.send("Performance.enable");
  const seconds = async () => {
    const { metrics } = await own.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ProcessTime")?.value ?? NaN;
  };
  try {
    for (let tries = 0; tries < 50; tries++) {
      const from = await seconds();
      const { processInfo } = await whole.send("SystemInfo.getProcessInfo");
      const to = await seconds();
      const between = processInfo.filter(
        ({ type, cpuTime }) => type === "renderer" && cpuTime >= from - 0.011 && cpuTime <= to + 0.011,
      );
      if (between.length === 1) return between[0].id;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the process of a tab cannot be told");
  } finally {
    await Promise.all([whole.detach(), own.detach()]);
  }
}

const opened = async (context: BrowserContext, url: string) => {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT);
  await page.goto(`${url}${HASH}`);
  return page;
};
const finished = (page: Page) => page.getByText(/^Finished$/).waitFor();
/** Until then the recorded run stands there, which is finished, too. */
const start = async (page: Page) => {
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByRole("button", { name: "Stop and save" }).waitFor();
};

/** The log of the run when nobody disturbs it. */
export async function undisturbed(browser: Browser, url: string): Promise<string[]> {
  const context = await calmContext(browser);
  try {
    const page = await opened(context, url);
    await start(page);
    await finished(page);
    const all = await stored(page);
    const wrong = fault(all, null);
    if (wrong) throw new Error(`undisturbed: ${wrong}`);
    return timeless(
      all.chunks.flatMap(({ events }) => events),
      ["runId"],
    );
  } finally {
    await context.close();
  }
}

/** One repetition: how many tabs were refused the run. Throws where something is wrong, and says what. */
export async function killOnce(browser: Browser, url: string, wanted: string[]): Promise<number> {
  const context = await calmContext(browser);
  try {
    const [trains, ...others] = await Promise.all(Array.from({ length: 3 }, () => opened(context, url)));
    const victim = await processOf(browser, trains);
    const alive = [await processOf(browser, others[0]), await processOf(browser, others[1])];
    if (alive.includes(victim)) throw new Error("the tab that trains cannot be told from the others");
    await start(trains);
    await Promise.all(
      others.map((page) =>
        page
          .getByRole("region", { name: "Run in another tab" })
          .getByRole("button", { name: "Follow it here" })
          .click(),
      ),
    );
    for (const page of others)
      if (await page.getByRole("button", { name: "Resume" }).count())
        throw new Error("a run that lives elsewhere was offered");
    // The follower sees it through the database alone.
    await others[0].getByText(new RegExp(`^Round [123] of ${ROUNDS}$`)).waitFor();
    await trains.getByText(new RegExp(`^Round 3 of ${ROUNDS}$`)).waitFor();
    const crashed = trains.waitForEvent("crash");
    process.kill(victim, "SIGKILL");
    await crashed;
    // Both want it; the lock lets one have it.
    const offers = others.map((page) => page.getByRole("region", { name: "Interrupted run" }));
    await Promise.all(offers.map((offer) => offer.waitFor()));
    await Promise.all(offers.map((offer) => offer.evaluate((node) => node.querySelector("button")?.click())));
    await Promise.any(others.map(finished));
    for (let tries = 0; ; tries++) {
      const wrong = fault(await stored(others[0]), wanted);
      if (!wrong) break;
      // The last status is written after the page was told.
      if (tries === 10 || !/the run is running/.test(wrong)) throw new Error(wrong);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const refusals = await Promise.all(
      others.map((page) => page.getByText(/is running in another tab\.$|is finished, so /).count()),
    );
    return refusals.reduce((sum, count) => sum + Math.min(1, count), 0);
  } finally {
    await context.close();
  }
}

async function main(argv: string[]): Promise<number> {
  const args = options(HELP, { repeat: "string" }, argv);
  const repeat = Number(args.repeat ?? 1);
  if (!Number.isInteger(repeat) || repeat < 1) usage(HELP, "--repeat: expected a whole number from 1 on");
  const site = await openSite([], { log: (line: string) => console.error(line) });
  const browser = await startChromium();
  let bad = 0;
  let refused = 0;
  try {
    const wanted = await undisturbed(browser.playwright, site.url);
    console.log(`undisturbed: ${wanted.length} events`);
    for (let n = 1; n <= repeat; n++) {
      const from = Date.now();
      try {
        refused += await killOnce(browser.playwright, site.url, wanted);
        console.log(`ok    ${n} of ${repeat} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
      } catch (thrown) {
        bad++;
        console.log(`FAIL  ${n} of ${repeat}: ${reasonOf(thrown)}`);
      }
    }
  } finally {
    await browser.close();
    await site.close();
  }
  console.log(`${repeat - bad} of ${repeat} went on once; a second tab was refused ${refused} times`);
  return bad === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) process.exit(await main(process.argv.slice(2)));
