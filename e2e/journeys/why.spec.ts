// Any pick tells why: what it beat, its rank and score, the threshold of its round; its life says the same.
import { expect, test } from "../fixtures";
import { listen, openRecorded, picture, toEnd } from "../page";

test("every pick says why, and its life agrees", async ({ page, url }) => {
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
  expect(await row.innerText()).toMatch(/beat [\d,]+ of [\d,]+/);
  expect(await row.innerText()).toMatch(/[\d.]+ nats/);
  expect(await why.innerText()).toMatch(/just missed|below the threshold/);

  await row.getByRole("button").click();
  const life = page.getByRole("dialog", { name: "The life of a sample" });
  await life.waitFor();
  expect(question.startsWith(await life.getByRole("heading", { level: 3 }).innerText())).toBe(true);
  expect(await life.innerText()).toMatch(/Picked\./);
  expect(await life.innerText()).toMatch(/[\d,]+ of [\d,]+/);
  await page.keyboard.press("Escape");
  await life.waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  expect(focused, "focus goes back to the pick").toBe(question);
  complaints.none();
});
