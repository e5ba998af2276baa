// Cost is shown as plainly as gain: four measures of cost, all tokens first, and the sentence says who is ahead by
// each.
import { expect, test } from "../fixtures";
import { listen, openRecorded, picture, sentence, toEnd } from "../page";

test("the race names the cost and never a winner from one seed", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  const race = picture(page, "pays");
  const dial = race.getByRole("radio");
  expect(await dial.count()).toBe(4);
  expect(await race.getByRole("radio", { name: /all tokens/ }).isChecked()).toBe(true);
  await page.waitForFunction(() =>
    /At equal cost/.test(document.querySelector("#pays .sentence")?.textContent ?? ""),
  );
  const words = await sentence(page, "pays").innerText();
  for (const clock of ["steps", "training tokens", "all tokens", "seconds"])
    expect(words.includes(clock), clock).toBe(true);
  expect(words).toMatch(/random order/);
  expect(words).toMatch(
    /McNemar’s exact test on \d+ questions of one seed|paired t over \d+ seeds and \d+ questions/,
  );
  await race.getByRole("radio", { name: /seconds/ }).check({ force: true });
  await race.getByText(/seconds, scoring included/).waitFor();
  await race
    .getByText(/Mean accuracy up to the seconds both have spent: .* 80 % right: EDCO after/)
    .waitFor();
  const lines = await race.locator('svg [data-series="edco"], svg [data-series="random"]').count();
  expect(lines, "EDCO and random order are both drawn").toBe(2);
  complaints.none();
});
