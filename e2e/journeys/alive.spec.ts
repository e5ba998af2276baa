// A visitor opens the page: a run is already playing, and space, step and the slider hold one clock for all pictures.
import { expect, test } from "../fixtures";
import { listen, openRecorded, pause, status, toEnd } from "../page";

test("a recorded run is playing when the page opens", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  const head = page.getByRole("slider", { name: /Playhead/ });
  const before = Number(await head.inputValue());
  await page.waitForFunction(
    (from) => Number(document.querySelector<HTMLInputElement>(".strip input")?.value) > from,
    before,
  );

  const colours = await page.locator(".heat canvas").evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const data = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
    return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
  });
  expect(colours > 4, `the heatmap has ${colours} colours`).toBe(true);

  await page.locator("h1").click();
  await page.keyboard.press(" ");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const paused = Number(await head.inputValue());
  await page.keyboard.press(".");
  await page.waitForFunction(
    (from) => Number(document.querySelector<HTMLInputElement>(".strip input")?.value) > from,
    paused,
  );

  await toEnd(page);
  expect(await status(page)).toMatch(/Finished\s+\d+ rounds?, \d+ steps in/);
  await head.focus();
  await page.keyboard.press("PageDown");
  await page.getByText(/^Round \d+ of \d+$/).waitFor();
  await pause(page);
  complaints.none();
});
