// Every pick says why it was chosen: what it beat, its rank and score, and the round's threshold; its history says
// the same.
import { expect, test } from "../fixtures";
import { listen, openRecorded, picture, toEnd } from "../page";

test("every pick says why, and its history agrees", async ({ page, url }) => {
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
  const history = page.getByRole("dialog", { name: "History of a sample" });
  await history.waitFor();
  expect(question.startsWith(await history.getByRole("heading", { level: 3 }).innerText())).toBe(true);
  expect(await history.innerText()).toMatch(/Picked\./);
  expect(await history.innerText()).toMatch(/[\d,]+ of [\d,]+/);
  await page.keyboard.press("Escape");
  await history.waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.textContent);
  expect(focused, "focus goes back to the pick").toBe(question);
  complaints.none();
});
