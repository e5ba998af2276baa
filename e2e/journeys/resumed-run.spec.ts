// A resumed run keeps its identity: neither the story on the page nor that story's recorded seeds count as its own.
import { expect, test } from "../fixtures";
import { listen } from "../page";
import { open, standsAlone, start, stop } from "./own";

const small =
  "&curriculum.rounds=2&curriculum.perRound=4&budget.steps=2&trainer.samplesPerBatch=2" +
  "&evaluation.limit=2&evaluation.probes=0&evaluation.maxNewTokens=4&curriculum.estimator.kind=teacher-forced";

test("a resumed run stands alone, under its own name", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, `#story=needle${small}`);
  await start(page);
  await page.getByText(/^Round 1 of 2$/).waitFor();
  await stop(page);
  await open(page, url, "#story=noisy");
  await page.getByRole("button", { name: "My runs" }).click();
  const runs = page.getByRole("dialog", { name: "Runs" });
  await runs.getByRole("button", { name: "Resume" }).first().click();
  await page.getByText(/^Finished$/).waitFor();
  expect(await page.locator("h1").innerText()).toBe("EDCO on needle");
  await standsAlone(page, /^The recorded random order was run on other questions/);
  complaints.none();
});
