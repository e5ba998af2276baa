// The page by keyboard alone: skip link, palette, heatmap, life, dial, menus, tokens.
import assert from "node:assert/strict";
import { listen, openRecorded, story, toEnd } from "../_page.mjs";

const focused = (page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
  );

export default story("every journey works by keyboard alone", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  await page.reload();
  await page.locator("#study canvas").waitFor();
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /Skip to the pictures/);

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
  assert.match(await heat.getAttribute("aria-valuetext"), /Round 1: .*(nats|picked)/);
  await page.keyboard.press("ArrowRight");
  assert.match(await heat.getAttribute("aria-valuetext"), /Round 2/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "The life of a sample" }).waitFor();
  await page.keyboard.press("Escape");
  assert.match(await focused(page), /Samples by round/);

  await page.locator("body").press("c");
  await page.waitForFunction(() => document.activeElement?.closest("#pays") !== null);
  await page.getByRole("radio", { name: /all tokens/ }).focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("radio", { name: /seconds/ }).isChecked());

  await page.getByRole("button", { name: /Order of the rows/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", { name: /Order of the rows: (sorted by difficulty|in dataset order)/ })
    .waitFor();

  const token = page.locator(".tokens button").first();
  if ((await token.count()) > 0) {
    await token.focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(page), /nats/);
  }
  const outline = await heat.evaluate((element) => {
    element.focus();
    return getComputedStyle(element).outlineStyle;
  });
  assert.notEqual(outline, "none", "the focus is visible");
  complaints.none();
});
