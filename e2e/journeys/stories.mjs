// Another story is one click away, and its link opens it again.
import assert from "node:assert/strict";
import { listen, openRecorded, story } from "../_page.mjs";

export default story("every story is one click away and has its own link", async ({ page, url }) => {
  const complaints = listen(page);
  const catalogue = await openRecorded(page, url);
  const names = [...new Set(catalogue.map((entry) => entry.story))];
  const buttons = page.getByRole("navigation", { name: "Stories" }).getByRole("button");
  if (names.length > 1) {
    assert.equal(await buttons.count(), names.length);
    await buttons.nth(1).click();
    await page.waitForFunction((name) => location.hash.includes(`story=${name}`), names[1]);
    const title = await page.locator("h1").innerText();
    await page.reload();
    await page.waitForFunction((text) => document.querySelector("h1")?.textContent === text, title);
  } else assert.equal(await buttons.count(), 0, "one story needs no row of stories");
  await page.goto(`${url}#story=nothing-of-the-kind`);
  await page.reload();
  await page.locator(".heat canvas").waitFor();
  complaints.none();
});
