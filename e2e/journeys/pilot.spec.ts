// "Does it pay on my data?": a pilot of two short runs from an empty profile, then one of two seeds that takes the first
// two runs as they are, and says its answer with interval and price.
import { expect, test } from "../fixtures";

const SETTINGS = {
  "curriculum.rounds": 2,
  "budget.steps": 4,
  "trainer.samplesPerBatch": 2,
  "evaluation.limit": 3,
  "evaluation.probes": 1,
  "evaluation.maxNewTokens": 4,
};
const HASH = `#story=comm&${Object.entries(SETTINGS)
  .map(([key, value]) => `${key}=${value}`)
  .join("&")}`;

test("a pilot runs both orders, is gone on with, and answers with an interval and its price", async ({
  browser,
  url,
}) => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(`${url}${HASH}`);
  await page.getByRole("button", { name: "Does it pay here?" }).click();
  const panel = page.getByRole("dialog", { name: "Does it pay on my data?" });
  await expect(panel.getByLabel("Order to try")).toHaveValue("edco");
  await panel.getByLabel("Order to try").selectOption("scout");
  await panel.getByLabel("Steps of each run").fill("4");
  await panel.getByLabel("Seeds of each order").selectOption("1");
  await panel.getByRole("button", { name: "Start the pilot" }).click();
  const answer = panel.getByRole("region", { name: "Answer of the pilot" });
  await expect(answer).toContainText("one seed, which names no winner", { timeout: 120_000 });
  await expect(answer).toContainText("too close to call");
  await expect(answer).toContainText("The pilot took 2 runs");

  await panel.getByLabel("Seeds of each order").selectOption("2");
  await panel.getByRole("button", { name: "Start the pilot" }).click();
  await expect(panel.getByText("known from before")).toHaveCount(2);
  await expect(answer).toContainText("mean of 2 seeds, 95 % interval", { timeout: 120_000 });
  await expect(answer).toContainText("The pilot took 4 runs");
  await expect(panel.getByRole("cell", { name: "finished" })).toHaveCount(2);
  // Its runs are ordinary ones.
  await panel.getByRole("button", { name: "Close" }).click();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("My runs");
  await page.keyboard.press("Enter");
  const runs = page.getByRole("dialog", { name: "Runs" });
  await expect(runs.getByRole("listitem").filter({ hasText: "finished, round 2" })).toHaveCount(4);
  await context.close();
});
