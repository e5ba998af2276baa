// Without WebGPU the page says what is missing and how to get it, and the recorded run plays below.
import assert from "node:assert/strict";
import { listen, openRecorded, picture, story } from "../_page.mjs";

export default story("without WebGPU the page still teaches", async ({ page, url }) => {
  const complaints = listen(page);
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "gpu", { get: () => undefined }));
  await openRecorded(page, url);
  const card = page.getByRole("region", { name: "This browser cannot train yet" });
  await card.waitFor();
  assert.match(await card.innerText(), /WebGPU\s+missing/);
  assert.match(await card.innerText(), /Chrome/);
  await picture(page, "study").locator("canvas").waitFor();
  await card.getByRole("button", { name: "All checks" }).click();
  await page.getByText("A run on this GPU is not possible yet.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByRole("alert").waitFor();
  assert.match(await page.getByRole("alert").innerText(), /WebGPU|GPU/);
  complaints.none();
});
