// A visitor opens the page: a run is already playing, and space, step and the slider hold one clock for all pictures.
import assert from "node:assert/strict";
import { listen, openRecorded, pause, status, story, toEnd } from "../_page.mjs";

export default story("a recorded run is playing when the page opens", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  const head = page.getByRole("slider", { name: /Playhead/ });
  const before = Number(await head.inputValue());
  await page.waitForFunction((from) => Number(document.querySelector(".strip input").value) > from, before);

  const colours = await page.locator(".heat canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  assert.ok(colours > 4, `the heatmap has ${colours} colours`);

  await page.locator("h1").click();
  await page.keyboard.press(" ");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const paused = Number(await head.inputValue());
  await page.keyboard.press(".");
  await page.waitForFunction((from) => Number(document.querySelector(".strip input").value) > from, paused);

  await toEnd(page);
  assert.match(await status(page), /Finished\s+\d+ rounds?, \d+ steps in/);
  await head.focus();
  await page.keyboard.press("PageDown");
  await page.getByText(/^Round \d+ of \d+$/).waitFor();
  await pause(page);
  complaints.none();
});
