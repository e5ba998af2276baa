// Where time and memory go: a recorded run by phase; a live one with its ceiling, its bytes, and one step as a trace.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { listen, openRecorded, story, toEnd } from "../_page.mjs";

const small =
  "#story=comm&curriculum.rounds=1&curriculum.perRound=8&budget.steps=4&trainer.samplesPerBatch=2" +
  "&evaluation.limit=4&evaluation.probes=2&evaluation.maxNewTokens=16&curriculum.estimator.kind=teacher-forced";
const LONG = 240_000;

export default story("time and memory are accounted for, down to the kernel", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  await openRecorded(page, url);
  await toEnd(page);
  await page.locator("#cost").getByRole("button", { name: "by phase" }).click();
  const panel = page.getByRole("dialog", { name: "Where time and memory go" });
  const time = panel.locator("#round-time");
  assert.match(await time.locator(".sentence").innerText(), /took .* of the time/);
  await time.getByRole("button", { name: /^See as table/ }).click();
  assert.ok((await time.locator("tbody tr").count()) > 3, "a row a round");
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
  assert.match(await panel.locator("#gpu-memory .sentence").innerText(), /[1-9].* B?.*are on the GPU/);
  const step = panel.locator("#step-kernels");
  await step.getByRole("button", { name: "Take one step and time it" }).click();
  await step.getByText(/longest submission held the GPU/).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    step.getByRole("button", { name: "Save as a Chrome trace" }).click(),
  ]);
  const { traceEvents } = JSON.parse(readFileSync(await download.path(), "utf8"));
  const kernels = traceEvents.filter(({ cat }) => cat === "kernel");
  assert.ok(kernels.length > 100, `${kernels.length} kernels in the trace`);
  // The form of attention depends on the adapter: attention_grad_kv, or attention_grad_kv_wide.
  const timed = (start) => kernels.some(({ name }) => name.startsWith(start));
  assert.ok(
    timed("attention_grad_kv") && timed("adamw"),
    "attention's gradient and the update are in the trace",
  );
  assert.ok(
    kernels.some(({ dur }) => dur > 0),
    "the GPU's clock moved",
  );
  await step.getByRole("button", { name: /^See as table/ }).click();
  assert.ok((await step.locator("tbody tr").count()) > 10, "a row a kernel");
  complaints.none();
});
