// A reinforcement run after another warm start is not compared with the recorded random order.
import { expect, test } from "../fixtures";
import { listen } from "../page";
import { notice, open, start, stop } from "./own";

test("another warm start: the recorded line goes, with both", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=metis&trainer.warmStartSteps=1&evaluation.limit=2&evaluation.probes=0");
  await start(page);
  const why = notice(page);
  await why.getByText(/^The recorded random order was run with .*a warm start of 40, not 1/).waitFor();
  await page.getByText(/30 steps of 6 prompts × 8 answers, after a warm start of 1 step; seed 1/).waitFor();
  expect(await page.locator("h1").innerText()).toBe("METIS on comm");
  await stop(page);
  complaints.none();
});
