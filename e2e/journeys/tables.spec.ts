// Every picture can be read as a table, and saved as a picture and as numbers.
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures";
import { listen, openRecorded, picture, toEnd } from "../page";

const withTable = ["study", "pays", "why", "so-what", "surer", "learning", "cost"];

async function saved(page: Page, id: string, what: string) {
  const box = picture(page, id);
  await box.getByRole("button", { name: /^Save/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    box.getByRole("menuitem", { name: what }).click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

test("every picture is a table too, and can be kept", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  for (const id of withTable) {
    const box = picture(page, id);
    const toggle = box.getByRole("button", { name: /^See as table/ });
    await toggle.click();
    const table = box.getByRole("region", { name: /^Table/ });
    // The table is loaded when one first looks at one.
    await expect(table.locator("tbody tr:not([aria-hidden])").first(), `${id} has rows`).toBeVisible();
    await toggle.click();
  }
  const study = picture(page, "study");
  await study.getByRole("button", { name: /^See as table/ }).click();
  const room = study.getByRole("region", { name: /^Table/ });
  await room.locator('tr[aria-rowindex="2"]').waitFor();
  const rows = Number(await room.getByRole("table").getAttribute("aria-rowcount"));
  expect(await room.locator("tr").count(), "rows in the page").toBeLessThan(rows / 4);
  await room.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await room.locator(`tr[aria-rowindex="${rows}"]`).waitFor();
  const csv = await saved(page, "study", "Numbers, CSV");
  expect(csv.name).toBe("study.csv");
  expect(csv.text.split("\n").length, "a row a question").toBe(rows);
  for (const id of ["study", "pays", "surer", "learning"]) {
    const svg = await saved(page, id, "Picture, SVG");
    expect(svg.text).toMatch(/^<svg .*<title>/);
    expect(!svg.text.includes("var("), `${id}.svg has its colours inside`).toBe(true);
  }
  complaints.none();
});
