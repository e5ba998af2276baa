// Accessibility check with axe: the page and every panel, in light and dark, wide and narrow, without findings.
import { test } from "../fixtures";
import { openRecorded, toEnd } from "../page";
import { noFindings } from "./axe";

const panels = [
  ["r", "My runs"],
  ["q", "My questions"],
  ["m", "Models"],
  ["a", "Ask"],
  ["w", "Glossary"],
];

test("axe finds nothing on any page", async ({ url, browser }) => {
  for (const [scheme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["light", 390],
    ["dark", 390],
  ] as const) {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const where = `${scheme}, ${width} px`;
    await openRecorded(page, url);
    await toEnd(page);
    await noFindings(page, where);
    for (const toggle of await page.getByRole("button", { name: /^See as table/ }).all())
      await toggle.click();
    await noFindings(page, `${where}, tables`);
    // Panels look the same in every width and follow the theme: one light and one dark pass see them all.
    if ((scheme === "light") !== (width === 1440)) {
      await context.close();
      continue;
    }
    await page.locator("h1").click();
    for (const [key, name] of [
      ["/", "Search samples"],
      ["?", "Shortcuts"],
      ["t", "Where time and memory go"],
      ["Control+k", "Commands"],
    ]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog", { name }).waitFor();
      await noFindings(page, `${where}, ${name}`);
      await page.keyboard.press("Escape");
    }
    for (const [, name] of panels) {
      const button = page.getByRole("button", { name, exact: true });
      if (!(await button.isVisible())) continue;
      await button.click();
      await page.getByRole("dialog").waitFor();
      await noFindings(page, `${where}, ${name}`);
      await page.keyboard.press("Escape");
    }
    await page.getByRole("button", { name: "Settings…" }).click();
    await page
      .getByRole("dialog", { name: "Settings" })
      .getByRole("button", { name: "More settings" })
      .click();
    await noFindings(page, `${where}, settings`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Does it pay here?" }).click();
    await page.getByRole("dialog", { name: "Does it pay on my data?" }).getByLabel("Order to try").waitFor();
    await noFindings(page, `${where}, pilot`);
    await page.getByRole("button", { name: "races so far" }).click();
    const races = page.getByRole("dialog", { name: "Races so far" });
    await races.getByRole("row", { name: "needle lab 40 8 scout" }).waitFor();
    await noFindings(page, `${where}, races`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "sorted by first pick" }).click();
    await page.getByRole("menu").waitFor();
    await noFindings(page, `${where}, an open menu`);
    await context.close();
  }
});
