// A setting that cannot be is named when a run is asked for, and the recording stands as it did.
import assert from "node:assert/strict";
import { listen, sentence, story } from "../_page.mjs";
import { open, start } from "./_own.mjs";

export default story("a bad setting is named, and the recording stays", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle&curriculum.rounds=many");
  await start(page);
  await page
    .getByRole("alert")
    .getByText(/curriculum\.rounds: expected a whole number/)
    .waitFor();
  assert.equal(await page.locator("h1").innerText(), "Find the needle");
  assert.match(await sentence(page, "study").innerText(), /picked \d+ of 603/);
  assert.equal(await page.getByText(/reading the run log|loading the model/).count(), 0);
  assert.ok(await page.getByRole("button", { name: /Run on my GPU/ }).isEnabled());

  // What only the worker can refuse leaves the recording there too.
  await open(page, url, "#story=needle&data.train=https://nowhere.invalid/rows.jsonl");
  complaints.none();
  await start(page);
  await page.getByRole("alert").waitFor();
  assert.equal(await page.locator("h1").innerText(), "Find the needle");
  assert.match(await sentence(page, "study").innerText(), /picked \d+ of 603/);
});
