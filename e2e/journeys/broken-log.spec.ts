// A recorded run that is missing or broken shows one error message with a way to continue, never a blank page.
import { expect, test } from "../fixtures";
import { openRecorded } from "../page";

test("a broken recording is one clear sentence", async ({ page, url }) => {
  await openRecorded(page, url);
  await page.route("**/runs/*.jsonl", (route) => route.fulfill({ body: '{"type":"run.started"' }));
  await page.reload();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/Line 1 of the run log is not a record/);
  await alert.getByRole("button", { name: "Copy details" }).waitFor();
  await page.unroute("**/runs/*.jsonl");
  await page.route("**/runs/*.jsonl", (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/answered 404/);
});
