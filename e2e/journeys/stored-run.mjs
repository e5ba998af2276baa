// A stored run of rewards is not told METIS's story, and of the person's runs only one that agrees is offered beside it.
import assert from "node:assert/strict";
import { listen, picture, story } from "../_page.mjs";
import { apart, finished, open, start, tiny } from "./_own.mjs";

const rewards =
  "#story=metis&trainer.warmStartSteps=0&trainer.samplesPerBatch=2&trainer.rollouts=2&trainer.maxNewTokens=4" +
  "&budget.steps=1&evaluation.limit=2&evaluation.probes=0&evaluation.maxNewTokens=4&evaluation.forecastProbe=0";

async function run(page, url, hash) {
  await open(page, url, hash);
  await start(page);
  await finished(page);
}

export default story(
  "a stored run is told by itself, and only a run that agrees is offered",
  async ({ page, url }) => {
    const complaints = listen(page);
    await run(page, url, `#story=needle${tiny}&seed=5`);
    await run(page, url, `#story=needle${tiny}&seed=5&curriculum.strategy=random`);
    await run(page, url, `${rewards}&curriculum.strategy=random`);

    await open(page, url, "#story=needle");
    const show = async (name) => {
      await page.getByRole("button", { name: "My runs" }).click();
      const runs = page.getByRole("dialog", { name: "Runs" });
      await runs.locator("li").filter({ hasText: name }).getByRole("button", { name: "Open" }).click();
      await runs.waitFor({ state: "hidden" });
    };
    await show("comm · random · grpo");
    assert.equal(await page.locator("h1").innerText(), "Random order on comm");
    assert.equal(
      await page.getByText(/the model forecasts which prompts/).count(),
      0,
      "METIS's story is not told",
    );

    await show("needle · edco · seed 5");
    assert.equal(await page.locator("h1").innerText(), "EDCO on needle");
    const offers = apart(page).getByRole("button", { name: /^Take my/ });
    await offers.first().waitFor();
    assert.equal(await offers.count(), 1, "the rewards are not offered");
    await offers.click();
    await picture(page, "pays").locator('svg [data-series="random"]').waitFor();
    assert.equal(await apart(page).count(), 0);
    complaints.none();
  },
);
