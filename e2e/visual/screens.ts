// Pictures of every view for people to look at: `npm run screenshots -- FOLDER`. Light, dark, 390 px, panels.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startChromium } from "../../scripts/browsers";
import { openSite } from "../../scripts/site";
import { openRecorded, toEnd } from "../page";

const out = process.argv[2];
if (!out) throw new Error("usage: npm run screenshots -- FOLDER");
mkdirSync(out, { recursive: true });
const site = await openSite();
const browser = await startChromium();
try {
  for (const [name, scheme, width] of [
    ["light-1440", "light", 1440],
    ["dark-1440", "dark", 1440],
    ["light-390", "light", 390],
    ["dark-390", "dark", 390],
  ] as const) {
    const context = await browser.playwright.newContext({
      colorScheme: scheme,
      viewport: { width, height: 900 },
    });
    const page = await context.newPage();
    const catalogue = await openRecorded(page, site.url);
    for (const story of new Set(catalogue.map((entry) => entry.story))) {
      await page.goto(`${site.url}#story=${story}`);
      await page.reload();
      await page.locator("#pays .sentence").waitFor();
      await page.waitForTimeout(1500);
      await toEnd(page);
      await page.waitForTimeout(1000);
      await page.screenshot({ path: join(out, `${story}-${name}.png`), fullPage: true });
    }
    for (const [panel, button] of [
      ["settings", "Settings…"],
      ["runs", "My runs"],
      ["questions", "My questions"],
    ]) {
      await page.getByRole("button", { name: button, exact: true }).click();
      await page.getByRole("dialog").waitFor();
      await page.screenshot({ path: join(out, `${panel}-${name}.png`) });
      await page.keyboard.press("Escape");
    }
    await context.close();
  }
} finally {
  await browser.close();
  await site.close();
}
console.log(`pictures in ${out}`);
