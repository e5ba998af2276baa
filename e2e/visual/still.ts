// The page as it stands still: the same machine, time and fonts everywhere, a recorded run at its end.
import type { Browser, Locator, Page } from "@playwright/test";
import { expect } from "../fixtures";
import { serveFonts } from "./fonts";

/** How the page is looked at: name, theme, width in px. */
export const looks = [
  { name: "light", colorScheme: "light", width: 1280 },
  { name: "dark", colorScheme: "dark", width: 1280 },
  { name: "narrow", colorScheme: "light", width: 390 },
] as const;
export type Look = (typeof looks)[number];

/** What a page is told of its machine, instead of what this one is. */
function anyMachine(): void {
  const adapter = {
    info: { vendor: "any", architecture: "adapter", description: "", isFallbackAdapter: false },
    features: new Set(["shader-f16", "subgroups"]),
    limits: { maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31 },
  };
  Object.defineProperty(navigator, "gpu", { value: { requestAdapter: async () => adapter } });
  navigator.storage.estimate = async () => ({ quota: 2 ** 33, usage: 0 });
}

/** A page of this look, with fonts, clock and machine of its own. */
export async function stillPage(browser: Browser, url: string, { colorScheme, width }: Look): Promise<Page> {
  const context = await browser.newContext({
    colorScheme,
    viewport: { width, height: 900 },
    deviceScaleFactor: 1,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  await page.clock.setFixedTime("2026-01-02T12:00:00Z");
  await page.addInitScript(anyMachine);
  await serveFonts(page, url);
  return page;
}

/** Opens a story, and waits until its run, all that it is compared with and every picture are there. */
export async function openStill(page: Page, url: string, story: string): Promise<void> {
  // Another address first: a new fragment alone would not load the page again.
  await page.goto("about:blank");
  await page.goto(`${url}#story=${story}`);
  await whole(page);
}

/** Waits until the run on the page is at its end, as where motion is unwanted, and nothing changes any more. */
export async function whole(page: Page): Promise<void> {
  await page.locator(".strip[data-whole=true]").waitFor();
  await page.waitForLoadState("networkidle");
  await quiet(page, 300);
}

/** Resolves when the page has not changed for so long. */
export const quiet = (page: Page, ms = 100): Promise<void> =>
  page.evaluate(
    (ms) =>
      new Promise<void>((resolve) => {
        const done = (): void => {
          observer.disconnect();
          void document.fonts.ready.then(() => resolve());
        };
        const observer = new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(done, ms);
        });
        let timer = setTimeout(done, ms);
        observer.observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
      }),
    ms,
  );

/** Compares an element with its stored picture; the test goes on to the others where it differs. */
export const same = (shown: Locator, look: Look, name: string, mask: Locator[] = []): Promise<void> =>
  expect.soft(shown, `${name}, ${look.name}`).toHaveScreenshot([look.name, `${name}.png`], { mask });
