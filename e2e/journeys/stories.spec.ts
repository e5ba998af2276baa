// Another story is one click away, and its link opens it again.
import { expect, test } from "../fixtures";
import { listen, openRecorded } from "../page";

test("every story is one click away and has its own link", async ({ page, url }) => {
  const complaints = listen(page);
  const catalogue = await openRecorded(page, url);
  const names = [...new Set(catalogue.map((entry) => entry.story))];
  const buttons = page.getByRole("navigation", { name: "Stories" }).getByRole("button");
  if (names.length > 1) {
    expect(await buttons.count()).toBe(names.length);
    await buttons.nth(1).click();
    await page.waitForFunction((name) => location.hash.includes(`story=${name}`), names[1]);
    const title = await page.locator("h1").innerText();
    await page.reload();
    await page.waitForFunction((text) => document.querySelector("h1")?.textContent === text, title);
  } else expect(await buttons.count(), "one story needs no row of stories").toBe(0);
  await page.goto(`${url}#story=nothing-of-the-kind`);
  await page.reload();
  await page.locator(".heat canvas").waitFor();
  complaints.none();
});
