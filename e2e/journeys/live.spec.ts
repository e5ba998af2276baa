// A small real run on this machine's WebGPU: start, pause, step, close the tab, go on, finish, keep the adapter.
import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures";
import { ROWS, listen, smallRun, status } from "../page";

const small = smallRun(2);
const LONG = 240_000;

test("a live run is paused, closed, resumed and kept", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  await page.goto(`${url}${small}`);
  if (!(await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) !== null)))
    throw new Error("this browser has no adapter");
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  const pauseButton = page.getByRole("button", { name: "Pause", exact: true });
  await page.getByText(/^Round 1 of 2$/).waitFor({ timeout: LONG });
  await pauseButton.click();
  await page.getByText(/^Paused/).waitFor();
  const oneStep = page.getByRole("button", { name: "One step" });
  expect(await oneStep.isEnabled()).toBe(true);
  await page.getByRole("button", { name: "One round" }).click();
  await page.waitForFunction(
    () => /picked 8 of/.test(document.querySelector("#study .sentence")?.textContent ?? ""),
    null,
    { timeout: LONG },
  );
  await page.getByText(/^Paused.*Round [12]/).waitFor();

  // The tab goes away without asking; a new one finds the run and goes on.
  const context = page.context();
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  const more = listen(again);
  again.setDefaultTimeout(LONG);
  await again.goto(`${url}${small}`);
  await again
    .getByRole("region", { name: "Interrupted run" })
    .getByRole("button", { name: "Resume" })
    .click();
  await again.getByText(/^Finished$/).waitFor({ timeout: LONG });
  expect(await status(again)).toMatch(/2 rounds, 4 steps/);
  const steps = again.locator("#learning");
  await steps.getByRole("button", { name: /^See as table/ }).click();
  await expect(steps.locator(ROWS), "the curves join: four steps, none twice").toHaveCount(4);

  await again.getByRole("button", { name: "My runs" }).click();
  const runs = again.getByRole("dialog", { name: "Runs" });
  await runs.getByText(/finished, round 2/).waitFor();
  // A browser that may delete the runs says so beside them; one that has promised to keep them does not.
  const promised = await again.evaluate(() => navigator.storage.persisted());
  expect(await runs.getByText(/may delete them all/).count()).toBe(promised ? 0 : 1);
  const [download] = await Promise.all([
    again.waitForEvent("download", { timeout: LONG }),
    runs.getByRole("button", { name: "Export adapter" }).first().click(),
  ]);
  const archive = readFileSync(await download.path()).toString("latin1");
  for (const name of ["adapter_config.json", "adapter_model.safetensors"])
    expect(archive.includes(name), name).toBe(true);
  await runs.getByRole("button", { name: "Delete" }).first().click();
  await runs.getByText(/None yet/).waitFor();
  complaints.none();
  more.none();
});
