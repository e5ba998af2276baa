// A run on the user's own questions has its own title, no recorded baseline, and a button that runs random order on
// the same rows.
import { expect, test } from "../fixtures";
import { listen, picture, sentence } from "../page";
import { notice, finished, keepUnits, open, standsAlone, start, tiny, units } from "./own";

test("own questions: no recorded line, and a fair one on request", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle");
  await keepUnits(page);
  await open(page, url, `#story=needle${units}${tiny}`);
  await start(page);
  await finished(page);
  expect(await page.locator("h1").innerText()).toBe("EDCO on units.jsonl");
  expect(await page.title()).toMatch(/^EDCO on units\.jsonl/);
  await page.getByText(/18 questions of units\.jsonl to study, 2 to test\. EDCO.*seed 1/).waitFor();
  expect(await page.locator(".top").getByText(/603/).count(), "the story is not told of another run").toBe(0);
  await standsAlone(page, /^The recorded random order was run on other questions/);

  await notice(page).getByRole("button", { name: "Run random order now" }).click();
  await picture(page, "pays").locator('svg [data-series="random"]').waitFor();
  await page.getByRole("button", { name: /Run on my GPU/ }).waitFor();
  expect(await notice(page).count(), "there is nothing left to explain").toBe(0);
  const words = await sentence(page, "pays").innerText();
  expect(words).toMatch(/random order/);
  expect(words, "recorded seeds of other questions are no seeds of this").not.toMatch(/mean of/);
  complaints.none();
});
