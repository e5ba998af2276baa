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
    expect((await table.locator("tbody tr").count()) > 0, `${id} has rows`).toBe(true);
    await toggle.click();
  }
  const csv = await saved(page, "study", "Numbers, CSV");
  expect(csv.name).toBe("study.csv");
  expect(csv.text.split("\n").length > 100, "a row a question").toBe(true);
  for (const id of ["study", "pays", "surer", "learning"]) {
    const svg = await saved(page, id, "Picture, SVG");
    expect(svg.text).toMatch(/^<svg .*<title>/);
    expect(!svg.text.includes("var("), `${id}.svg has its colours inside`).toBe(true);
  }
  complaints.none();
});
