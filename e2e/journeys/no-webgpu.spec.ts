// Without WebGPU the page says what is missing and how to get it, and the recorded run plays below.
import { expect, test } from "../fixtures";
import { listen, openRecorded, picture } from "../page";

test("without WebGPU the page still teaches", async ({ page, url }) => {
  const complaints = listen(page);
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "gpu", { get: () => undefined }));
  await openRecorded(page, url);
  const card = page.getByRole("region", { name: "This browser cannot train yet" });
  await card.waitFor();
  expect(await card.innerText()).toMatch(/WebGPU\s+missing/);
  expect(await card.innerText()).toMatch(/Chrome/);
  await picture(page, "study").locator("canvas").waitFor();
  await card.getByRole("button", { name: "All checks" }).click();
  await page.getByText("A run on this GPU is not possible yet.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").innerText()).toMatch(/WebGPU|GPU/);
  complaints.none();
});
