// Any pick tells why: what it beat, its rank and score, the threshold of its round; its life says the same.
import assert from "node:assert/strict";
import { listen, openRecorded, picture, story, toEnd } from "../_page.mjs";

export default story("every pick says why, and its life agrees", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  const why = picture(page, "why");
  await why
    .getByText(/threshold/)
    .first()
    .waitFor();
  const row = why.locator("tbody tr").nth(2);
  const question = await row.getByRole("button").innerText();
  assert.match(await row.innerText(), /beat [\d,]+ of [\d,]+/);
  assert.match(await row.innerText(), /[\d.]+ nats/);
  assert.match(await why.innerText(), /just missed|below the threshold/);

  await row.getByRole("button").click();
  const life = page.getByRole("dialog", { name: "The life of a sample" });
  await life.waitFor();
  assert.ok(question.startsWith(await life.getByRole("heading", { level: 3 }).innerText()));
  assert.match(await life.innerText(), /Picked\./);
  assert.match(await life.innerText(), /[\d,]+ of [\d,]+/);
  await page.keyboard.press("Escape");
  await life.waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  assert.equal(focused, question, "focus goes back to the pick");
  complaints.none();
});
