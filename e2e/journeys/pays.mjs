// Cost is told as plainly as gain: four clocks on the dial, all tokens first, who is ahead on each in the sentence.
import assert from "node:assert/strict";
import { listen, openRecorded, picture, sentence, story, toEnd } from "../_page.mjs";

export default story("the race names the cost and never a winner from one seed", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await toEnd(page);
  const race = picture(page, "pays");
  const dial = race.getByRole("radio");
  assert.equal(await dial.count(), 4);
  assert.ok(await race.getByRole("radio", { name: /all tokens/ }).isChecked());
  await page.waitForFunction(() =>
    /At equal cost/.test(document.querySelector("#pays .sentence").textContent),
  );
  const words = await sentence(page, "pays").innerText();
  for (const clock of ["steps", "training tokens", "all tokens", "seconds"])
    assert.ok(words.includes(clock), clock);
  assert.match(words, /random order/);
  assert.match(
    words,
    /McNemar’s exact test on \d+ questions of one seed|paired t over \d+ seeds and \d+ questions/,
  );
  await race.getByRole("radio", { name: /seconds/ }).check({ force: true });
  await race.getByText(/seconds, scoring included/).waitFor();
  await race
    .getByText(/Mean accuracy up to the seconds both have spent: .* 80 % right: EDCO after/)
    .waitFor();
  const lines = await race.locator('svg [data-series="edco"], svg [data-series="random"]').count();
  assert.equal(lines, 2, "EDCO and random order are both drawn");
  complaints.none();
});
