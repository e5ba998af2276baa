// A model comes from the hub (a mock of its paths), is asked, and answers from the cache when the network is gone;
// another comes from the disk. The same model, so both must answer alike.
import type { Page } from "@playwright/test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/build";
import { expect, test } from "../fixtures";
import { listen, openDialog } from "../page";
import { startHub } from "../hub/mock";
import { standIn } from "../hub/standIn";

const LONG = 120_000;
const QUESTION = "What is 12+7?";

/** Asks in the open panel; the answer without its underlines. */
async function answerOf(page: Page): Promise<string> {
  const panel = await openDialog(page, "Ask", "Ask the model");
  await panel.getByLabel("Your question").fill(QUESTION);
  await panel.getByRole("button", { name: "Ask", exact: true }).click();
  const answer = panel.getByRole("group", { name: /^Answer by/ });
  await answer.waitFor({ timeout: LONG });
  const text = (await answer.innerText()).replaceAll("\n", "");
  await page.keyboard.press("Escape");
  return text;
}

test("models from the hub and from the disk are kept and asked", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  const hub = await startHub();
  const state = { cut: false, asked: 0 };
  try {
    await standIn(page.context(), hub, state);
    await page.goto(url);
    const builtIn = await answerOf(page);
    expect(builtIn).toMatch(/19/);

    const models = await openDialog(page, "Models", "Models");
    await models.getByLabel("Model", { exact: true }).fill("lab/tiny");
    await models.getByRole("button", { name: "Check size and fit" }).click();
    await models.getByText(/^Fits: about \d+ MiB/).waitFor();
    await models.getByRole("button", { name: "Download and use" }).click();
    const kept = models.getByRole("listitem").filter({ hasText: "lab/tiny" });
    await kept.getByText("in use").waitFor();
    await page.keyboard.press("Escape");
    expect(page.url()).toMatch(/model\.source=lab(%2F|\/)tiny/);
    expect(await answerOf(page)).toBe(builtIn);

    state.cut = true;
    const asked = state.asked;
    await page.reload();
    expect(await answerOf(page), "the kept model answers without the hub").toBe(builtIn);
    expect(state.asked).toBe(asked);

    const again = await openDialog(page, "Models", "Models");
    const folder = join(ROOT, "public", "models", "tiny");
    await again
      .getByLabel("Choose files")
      .setInputFiles(readdirSync(folder).map((file) => join(folder, file)));
    const own = again.getByRole("listitem").filter({ hasText: "in use" });
    await own.filter({ hasNotText: "lab/tiny" }).filter({ hasNotText: "Built in" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await answerOf(page), "the model from the disk answers alike").toBe(builtIn);

    // Deleted, and another brought under its name: the old weights, though they were at work, answer no more.
    const anew = await openDialog(page, "Models", "Models");
    await own.getByRole("button", { name: /^Delete/ }).click();
    await own.waitFor({ state: "detached" });
    await anew.getByLabel("Choose files").setInputFiles(
      readdirSync(folder).map((name) => {
        const buffer = readFileSync(join(folder, name));
        if (name.endsWith(".safetensors")) buffer.fill(0, buffer.length / 2);
        return { name, mimeType: "application/octet-stream", buffer };
      }),
    );
    await own.filter({ hasNotText: "lab/tiny" }).filter({ hasNotText: "Built in" }).waitFor();
    await page.keyboard.press("Escape");
    expect(await answerOf(page), "another model of the same name answers for itself").not.toBe(builtIn);

    const last = await openDialog(page, "Models", "Models");
    await last.getByRole("button", { name: "Delete lab/tiny" }).click();
    await last.getByRole("listitem").filter({ hasText: "lab/tiny" }).waitFor({ state: "detached" });
    complaints.none();
  } finally {
    await hub.close();
  }
});
