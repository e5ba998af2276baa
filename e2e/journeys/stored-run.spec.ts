// A stored reinforcement run does not get the title of the recorded METIS story, and only those of the user's runs
// that may be compared with it are offered as its baseline.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { listen, picture } from "../page";
import { notice, finished, open, start, tiny } from "./own";

const rewards =
  "#story=metis&trainer.warmStartSteps=0&trainer.samplesPerBatch=2&trainer.rollouts=2&trainer.maxNewTokens=4" +
  "&budget.steps=1&evaluation.limit=2&evaluation.probes=0&evaluation.maxNewTokens=4&evaluation.forecastProbe=0";

async function run(page: Page, url: string, hash: string): Promise<void> {
  await open(page, url, hash);
  await start(page);
  await finished(page);
}

test("a stored run is told by itself, and only a run that agrees is offered", async ({ page, url }) => {
  const complaints = listen(page);
  await run(page, url, `#story=needle${tiny}&seed=5`);
  await run(page, url, `#story=needle${tiny}&seed=5&curriculum.strategy=random`);
  await run(page, url, `${rewards}&curriculum.strategy=random`);

  await open(page, url, "#story=needle");
  const show = async (name: string) => {
    await page.getByRole("button", { name: "My runs" }).click();
    const runs = page.getByRole("dialog", { name: "Runs" });
    await runs.locator("li").filter({ hasText: name }).getByRole("button", { name: "Open" }).click();
    await runs.waitFor({ state: "hidden" });
  };
  await show("comm · random · grpo");
  expect(await page.locator("h1").innerText()).toBe("Random order on comm");
  expect(await page.getByText(/the model forecasts which prompts/).count(), "METIS's story is not told").toBe(
    0,
  );

  await show("needle · edco · seed 5");
  expect(await page.locator("h1").innerText()).toBe("EDCO on needle");
  const offers = notice(page).getByRole("button", { name: /^Compare with my/ });
  await offers.first().waitFor();
  expect(await offers.count(), "the rewards are not offered").toBe(1);
  await offers.click();
  await picture(page, "pays").locator('svg [data-series="random"]').waitFor();
  expect(await notice(page).count()).toBe(0);
  complaints.none();
});
