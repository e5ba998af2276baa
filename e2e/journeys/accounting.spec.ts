// Where time and memory go: a recorded run by phase; a live one with its ceiling, its bytes, and one step as a trace.
import { readJson } from "../../scripts/json";
import { expect, test } from "../fixtures";
import { ROWS, listen, openRecorded, smallRun, toEnd } from "../page";

const small = smallRun(1);
const LONG = 240_000;

test("time and memory are accounted for, down to the kernel", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  await openRecorded(page, url);
  await toEnd(page);
  await page.locator("#cost").getByRole("button", { name: "by phase" }).click();
  const panel = page.getByRole("dialog", { name: "Where time and memory go" });
  const time = panel.locator("#round-time");
  expect(await time.locator(".sentence").innerText()).toMatch(/took .* of the time/);
  await time.getByRole("button", { name: /^See as table/ }).click();
  await expect(time.locator(ROWS).nth(3), "a row a round").toBeVisible();
  await panel.getByText(/can be timed while a run on this GPU/).waitFor();
  await page.keyboard.press("Escape");

  await page.goto("about:blank");
  await page.goto(`${url}${small}`);
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByText(/^Round 1 of 1$/).waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText(/^Paused/).waitFor();
  await page.locator(".chip").click();
  await panel.getByText(/of the [\d.]+ [MGT]FLOP\/s that this adapter reached/).waitFor();
  expect(await panel.locator("#gpu-memory .sentence").innerText()).toMatch(/[1-9].* B?.*are on the GPU/);
  const step = panel.locator("#step-kernels");
  await step.getByRole("button", { name: "Take one step and time it" }).click();
  await step.getByText(/longest submission held the GPU/).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    step.getByRole("button", { name: "Save as a Chrome trace" }).click(),
  ]);
  const { traceEvents } = readJson<{ traceEvents: { cat?: string; name: string; dur?: number }[] }>(
    await download.path(),
  );
  const kernels = traceEvents.filter(({ cat }) => cat === "kernel");
  expect(kernels.length > 100, `${kernels.length} kernels in the trace`).toBe(true);
  // The form of attention depends on the adapter: attention_grad_kv, or attention_grad_kv_wide.
  const timed = (start: string) => kernels.some(({ name }) => name.startsWith(start));
  expect(
    timed("attention_grad_kv") && timed("adamw"),
    "attention's gradient and the update are in the trace",
  ).toBe(true);
  expect(
    kernels.some(({ dur }) => (dur ?? 0) > 0),
    "the GPU's clock moved",
  ).toBe(true);
  await step.getByRole("button", { name: /^See as table/ }).click();
  await expect(step.locator(ROWS).nth(10), "a row a kernel").toBeVisible();
  complaints.none();
});
