// Opens one of our pages in a headless browser and listens until it reports that it is done, crashes, or is silent
// for too long. Kernel tests, conformance, the lab and the benches all run through it.
import type { Log } from "./build";
import { startBrowser, type DrivenPage } from "./browsers";
import { inbox, openSite } from "./site";
import type { Route } from "./serve";

export interface Watched<Line, End> {
  /** chromium or firefox */
  browser: string;
  /** The page on the site, with its query. */
  page: string;
  /** Where the page posts its lines. */
  inbox: string;
  routes?: Route[];
  /** Through Vite's development server, whatever the environment says. */
  dev?: boolean;
  /** Seconds without a line after which the page is given up. */
  silenceS: number;
  /** What did not come then, as in "no row for 300 s". */
  awaited: string;
  /** Takes a line; `end` finishes the wait. */
  take: (line: Line, end: (how: End) => void) => void;
  log: Log;
  /** When the address is known and nothing has been opened yet. */
  onSite?: (url: string, end: (how: End) => void) => void;
  onPage?: (page: DrivenPage) => void;
}

/** How the page ended, or what kept it from ending; and the browser's name with its version. */
export type WatchedEnd<End> = { browser: string } & (
  { end: End; trouble: null } | { end: null; trouble: string }
);

export async function watchPage<Line, End>(job: Watched<Line, End>): Promise<WatchedEnd<End>> {
  let finish: (how: End) => void = () => {};
  const ended = new Promise<End>((resolve) => (finish = resolve));
  let beat = Date.now();
  const take = (line: Line) => {
    beat = Date.now();
    job.take(line, finish);
  };
  const site = await openSite([inbox(job.inbox, take), ...(job.routes ?? [])], {
    log: job.log,
    ...(job.dev ? { dev: true } : {}),
  });
  let driver: Awaited<ReturnType<typeof startBrowser>> | null = null;
  let watchdog: NodeJS.Timeout | undefined;
  try {
    job.onSite?.(site.url, finish);
    driver = await startBrowser(job.browser, { log: job.log });
    const page = await driver.open(`${site.url}${job.page}`, (kind, text) => {
      if (kind === "error" && !text.startsWith("Failed to load resource")) job.log(`page: ${text}`);
    });
    job.onPage?.(page);
    const silent = new Promise<string>((resolve) => {
      watchdog = setInterval(() => {
        if (Date.now() - beat > job.silenceS * 1000) resolve(`no ${job.awaited} for ${job.silenceS} s`);
      }, 1000);
    });
    const how = await Promise.race([
      ended.then((end) => ({ end, trouble: null })),
      page.gone.then((trouble) => ({ end: null, trouble })),
      silent.then((trouble) => ({ end: null, trouble })),
    ]);
    return { ...how, browser: driver.version };
  } finally {
    clearInterval(watchdog);
    await driver?.close().catch(() => {});
    await site.close();
  }
}
