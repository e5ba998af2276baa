// Helpers for the journeys with the user's own runs: small runs, own questions, and the check that no baseline is drawn.
import { expect, type Locator, type Page } from "@playwright/test";
import { picture, sentence } from "../page";

/** As small as a run can be. */
export const tiny =
  "&curriculum.rounds=1&curriculum.perRound=4&budget.steps=1&trainer.samplesPerBatch=2" +
  "&evaluation.limit=2&evaluation.probes=0&evaluation.maxNewTokens=4" +
  "&curriculum.estimator.kind=teacher-forced&evaluation.compareEstimators=never";

export const units = "&data.train=stored:units.jsonl&data.test=stored:units.jsonl";

/** The notice that says why the run is not compared with another. */
export const notice = (page: Page): Locator => picture(page, "pays").locator(".baseline-notice");

/** Opens a link afresh and waits for its recording. */
export async function open(page: Page, url: string, hash: string): Promise<void> {
  page.setDefaultTimeout(120_000);
  await page.goto("about:blank");
  await page.goto(`${url}${hash}`);
  await page.locator(".strip[data-whole=true]").waitFor();
}

export const start = (page: Page): Promise<void> =>
  page.getByRole("button", { name: /Run on my GPU/ }).click();
export const finished = (page: Page): Promise<void> => page.getByText(/^Finished$/).waitFor();

/** Stops a run of full size; its baseline is known long before its end. */
export async function stop(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Stop and save" }).click();
  await page.getByText(/^Stopped$/).waitFor();
}

/** Keeps twenty questions as units.jsonl; two of them are held out. */
export async function keepUnits(page: Page): Promise<void> {
  await page.getByRole("button", { name: "My questions", exact: true }).click();
  const panel = page.getByRole("dialog", { name: "My questions" });
  const rows = Array.from(
    { length: 20 },
    (_, i) => `{"prompt": "${i} m in cm?", "answer": "so ${i * 100}"}\n`,
  );
  await panel
    .locator("input[type=file]")
    .first()
    .first()
    .setInputFiles({
      name: "units.jsonl",
      mimeType: "application/x-ndjson",
      buffer: Buffer.from(rows.join("")),
    });
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/18 questions to study, 2 to test/).waitFor();
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
}

/** No line but the run's own is drawn or told of, and the reason is said. */
export async function standsAlone(page: Page, reason: string | RegExp): Promise<void> {
  await notice(page).getByText(reason).waitFor();
  for (const id of ["random", "random-rest", "random-seeds", "edco-seeds", "metis-seeds"]) {
    const drawn = picture(page, "pays").locator(`svg [data-series="${id}"]`);
    expect(await drawn.count(), `${id} is not drawn`).toBe(0);
  }
  expect(await sentence(page, "pays").innerText()).not.toMatch(/random order|seeds/);
  expect(
    await picture(page, "cost")
      .getByText(/whole run/)
      .count(),
    "nor are its costs",
  ).toBe(0);
  expect(await page.locator("#learning .k-random").count(), "nor its loss").toBe(0);
}
