// Stop while a run still loads its model: the run is given up, what was on the page comes back, nothing is kept.
import { expect, test } from "../fixtures";
import { listen } from "../page";

test("a run that loads can be stopped", async ({ page, url }) => {
  const complaints = listen(page);
  // The model comes only after the Stop was sent.
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let asked: () => void = () => undefined;
  const loading = new Promise<void>((resolve) => (asked = resolve));
  await page.route("**/models/tiny/**", async (route) => {
    asked();
    await held;
    await route.continue();
  });
  await page.goto(`${url}#story=needle`);
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByText(/^Starting$/).waitFor();
  await loading;
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Stopping…" }).waitFor();
  letGo();
  await page.getByRole("button", { name: /Run on my GPU/ }).waitFor({ timeout: 240_000 });
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "My runs" }).click();
  await page
    .getByRole("dialog", { name: "Runs" })
    .getByText(/None yet/)
    .waitFor();
  complaints.none();
});
