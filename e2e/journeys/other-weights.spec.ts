// A resumed run needs the weights it was started with: a model imported later under the same name is refused by its
// hash, also after a reload, and the original one is accepted again.
import type { Locator, Page } from "@playwright/test";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/build";
import { expect, test } from "../fixtures";
import { listen } from "../page";
import { open, start, stop } from "./own";

const folder = join(ROOT, "public", "models", "tiny");
const small =
  "&curriculum.rounds=2&curriculum.perRound=4&budget.steps=2&trainer.samplesPerBatch=2" +
  "&evaluation.limit=2&evaluation.probes=0&evaluation.maxNewTokens=4&curriculum.estimator.kind=teacher-forced";

/** The model's files, their later weights 0 on request. */
const files = (changed: boolean) =>
  readdirSync(folder).map((name) => {
    const buffer = readFileSync(join(folder, name));
    if (changed && name.endsWith(".safetensors")) buffer.fill(0, buffer.length / 2);
    return { name, mimeType: "application/octet-stream", buffer };
  });

/** Brings a model from the disk, in place of the one that is there. */
async function bring(page: Page, changed: boolean, there = true): Promise<void> {
  await page.getByRole("button", { name: "Models", exact: true }).click();
  const panel = page.getByRole("dialog", { name: "Models" });
  const own = panel.getByRole("listitem").filter({ hasNotText: "Built in" });
  if (there) {
    await own.getByRole("button", { name: /^Delete/ }).click();
    await own.waitFor({ state: "detached" });
  }
  await panel.getByLabel("Choose files").setInputFiles(files(changed));
  await own.filter({ hasText: "in use" }).waitFor();
  await page.keyboard.press("Escape");
}

async function resume(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "My runs" }).click();
  const runs = page.getByRole("dialog", { name: "Runs" });
  await runs.getByRole("button", { name: "Resume" }).first().click();
  return runs;
}

test("other weights under the same name are refused by hash after a reload", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, `#story=needle${small}`);
  await bring(page, false, false);
  await start(page);
  await page.getByText(/^Round 1 of 2$/).waitFor();
  await stop(page);

  await page.reload();
  await page.locator(".strip[data-whole=true]").waitFor();
  await bring(page, true);
  await resume(page);
  const alert = page.getByRole("alert").first();
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/the model \(.*SHA-256 [0-9a-f]+.*, now [0-9a-f]+/);

  await page.reload();
  await page.locator(".strip[data-whole=true]").waitFor();
  await bring(page, false);
  await resume(page);
  await page.getByText(/^Finished$/).waitFor();
  complaints.none();
});
