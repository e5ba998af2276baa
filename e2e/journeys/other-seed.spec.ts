// The story's run with another seed is not compared with the recorded random order.
import { test } from "../fixtures";
import { listen } from "../page";
import { open, standsAlone, start, stop } from "./own";

test("another seed: the recorded line goes, with the reason", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle&seed=77");
  await start(page);
  await standsAlone(page, "The recorded random order was run with seed 1, not 77.");
  await page.getByText(/603 questions of needle to study.*seed 77/).waitFor();
  await stop(page);
  complaints.none();
});
