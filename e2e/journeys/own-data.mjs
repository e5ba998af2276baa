// A run on one's own questions: told by itself, no recorded line beside it, and random order on the same rows one click away.
import assert from "node:assert/strict";
import { listen, picture, sentence, story } from "../_page.mjs";
import { apart, finished, keepUnits, open, standsAlone, start, tiny, units } from "./_own.mjs";

export default story("own questions: no recorded line, and a fair one on request", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle");
  await keepUnits(page);
  await open(page, url, `#story=needle${units}${tiny}`);
  await start(page);
  await finished(page);
  assert.equal(await page.locator("h1").innerText(), "EDCO on units.jsonl");
  assert.match(await page.title(), /^EDCO on units\.jsonl/);
  await page.getByText(/18 questions of units\.jsonl to study, 2 to test\. EDCO.*seed 1/).waitFor();
  assert.equal(
    await page.locator(".top").getByText(/603/).count(),
    0,
    "the story is not told of another run",
  );
  await standsAlone(page, /^The recorded random order was run on other questions/);

  await apart(page).getByRole("button", { name: "Run random order now" }).click();
  await picture(page, "pays").locator('svg [data-series="random"]').waitFor();
  await page.getByRole("button", { name: /Run on my GPU/ }).waitFor();
  assert.equal(await apart(page).count(), 0, "there is nothing left to explain");
  const words = await sentence(page, "pays").innerText();
  assert.match(words, /random order/);
  assert.doesNotMatch(words, /mean of/, "recorded seeds of other questions are no seeds of this");
  complaints.none();
});
