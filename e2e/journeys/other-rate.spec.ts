// The story's run with another learning rate is not compared with the recorded random order.
import { test } from "../fixtures";
import { listen } from "../page";
import { open, standsAlone, start, stop } from "./own";

test("another learning rate: the recorded line goes, with both rates", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle&trainer.learningRate=0.01");
  await start(page);
  await standsAlone(page, "The recorded random order was run with learning rate 0.002, not 0.01.");
  await stop(page);
  complaints.none();
});
