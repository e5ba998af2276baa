// Every picture can be read as a table and taken home as a picture and as numbers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { listen, openRecorded, picture, story, toEnd } from "../_page.mjs";

const withTable = ["study", "pays", "why", "so-what", "surer", "learning", "cost"];

async function saved(page, id, what) {
  const box = picture(page, id);
  await box.getByRole("button", { name: /^Save/ }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    box.getByRole("menuitem", { name: what }).click(),
  ]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

export default story("every picture is a table too, and can be kept", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  for (const id of withTable) {
    const box = picture(page, id);
    const toggle = box.getByRole("button", { name: /^See as table/ });
    await toggle.click();
    const table = box.getByRole("region", { name: /^Table/ });
    assert.ok((await table.locator("tbody tr").count()) > 0, `${id} has rows`);
    await toggle.click();
  }
  const csv = await saved(page, "study", "Numbers, CSV");
  assert.equal(csv.name, "study.csv");
  assert.ok(csv.text.split("\n").length > 100, "a row a question");
  for (const id of ["study", "pays", "surer", "learning"]) {
    const svg = await saved(page, id, "Picture, SVG");
    assert.match(svg.text, /^<svg .*<title>/);
    assert.ok(!svg.text.includes("var("), `${id}.svg has its colours inside`);
  }
  complaints.none();
});
