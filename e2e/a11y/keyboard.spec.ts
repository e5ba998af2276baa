// The page by keyboard alone: skip link, palette, heatmap, sample history, axis choice, menus, tokens.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { listen, openRecorded, toEnd } from "../page";

const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
  );

test("every journey works by keyboard alone", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  await page.reload();
  await page.locator("#study canvas").waitFor();
  await page.keyboard.press("Tab");
  expect(await focused(page)).toMatch(/Skip to the pictures/);

  await toEnd(page);

  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("shortcuts");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
  await page.keyboard.press("Escape");

  const heat = page.getByRole("slider", { name: /Samples by round/ });
  await heat.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await heat.getAttribute("aria-valuetext")).toMatch(/Round 1: .*(nats|picked)/);
  await page.keyboard.press("ArrowRight");
  expect(await heat.getAttribute("aria-valuetext")).toMatch(/Round 2/);
  await page.keyboard.press("Enter");
  const history = page.getByRole("dialog", { name: "History of a sample" });
  await history.waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox").waitFor({ state: "detached" });
  await history.waitFor();
  await page.keyboard.press("Escape");
  expect(await focused(page)).toMatch(/Samples by round/);

  await page.locator("body").press("c");
  await page.waitForFunction(() => document.activeElement?.closest("#pays") !== null);
  await page.getByRole("radio", { name: /all tokens/ }).focus();
  await page.keyboard.press("ArrowRight");
  expect(await page.getByRole("radio", { name: /seconds/ }).isChecked()).toBe(true);

  await page.getByRole("button", { name: /Order of the rows/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemradio", { checked: true }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: /Order of the rows: (sorted by difficulty|in dataset order)/ })
    .waitFor();

  const token = page.locator(".tokens button").first();
  if ((await token.count()) > 0) {
    await token.focus();
    await page.keyboard.press("ArrowRight");
    expect(await focused(page)).toMatch(/nats/);
  }
  const outline = await heat.evaluate((element) => {
    element.focus();
    return getComputedStyle(element).outlineStyle;
  });
  expect(outline, "the focus is visible").not.toBe("none");
  complaints.none();
});
