// A model comes from the hub (a mock of its paths), is asked, and answers from the cache when the network is gone;
// another comes from the disk. The same model, so both must answer alike.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/build";
import { listen, story } from "../_page.mjs";
import { startHub } from "../hub/mock.ts";

const LONG = 120_000;
const QUESTION = "What is 12+7?";

/** Answers what the page asks of the hub from the mock; `state.cut` takes the network away. */
async function standIn(context, hub, state) {
  await context.route("https://huggingface.co/**", async (route) => {
    if (state.cut) return route.abort("internetdisconnected");
    const request = route.request();
    state.asked++;
    const address = request.url().replace("https://huggingface.co", hub.address);
    const { range } = await request.allHeaders();
    const answer = await fetch(address, {
      method: request.method(),
      headers: range ? { range } : {},
    });
    const headers = Object.fromEntries(answer.headers);
    return route.fulfill({
      status: answer.status,
      headers: { ...headers, "access-control-allow-origin": "*", "access-control-expose-headers": "*" },
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
}

async function open(page, name, title) {
  await page.getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.waitFor();
  return dialog;
}

/** Asks in the open panel; the answer without its underlines. */
async function answerOf(page) {
  const panel = await open(page, "Ask", "Ask the model");
  await panel.getByLabel("Your question").fill(QUESTION);
  await panel.getByRole("button", { name: "Ask", exact: true }).click();
  const answer = panel.getByRole("group", { name: /^Answer by/ });
  await answer.waitFor({ timeout: LONG });
  const text = (await answer.innerText()).replaceAll("\n", "");
  await page.keyboard.press("Escape");
  return text;
}

export default story("models from the hub and from the disk are kept and asked", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  const hub = await startHub();
  const state = { cut: false, asked: 0 };
  try {
    await standIn(page.context(), hub, state);
    await page.goto(url);
    const builtIn = await answerOf(page);
    assert.match(builtIn, /19/);

    const models = await open(page, "Models", "Models");
    await models.getByLabel("Model", { exact: true }).fill("lab/tiny");
    await models.getByRole("button", { name: "Look at it" }).click();
    await models.getByText(/^Fits: about \d+ MiB/).waitFor();
    await models.getByRole("button", { name: "Fetch and use" }).click();
    const kept = models.getByRole("listitem").filter({ hasText: "lab/tiny" });
    await kept.getByText("in use").waitFor();
    await page.keyboard.press("Escape");
    assert.match(page.url(), /model\.source=lab(%2F|\/)tiny/);
    assert.equal(await answerOf(page), builtIn);

    state.cut = true;
    const asked = state.asked;
    await page.reload();
    assert.equal(await answerOf(page), builtIn, "the kept model answers without the hub");
    assert.equal(state.asked, asked);

    const again = await open(page, "Models", "Models");
    const folder = join(ROOT, "public", "models", "tiny");
    await again
      .getByLabel("Choose files")
      .setInputFiles(readdirSync(folder).map((file) => join(folder, file)));
    const own = again.getByRole("listitem").filter({ hasText: "in use" });
    await own.filter({ hasNotText: "lab/tiny" }).filter({ hasNotText: "Built in" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await answerOf(page), builtIn, "the model from the disk answers alike");

    const last = await open(page, "Models", "Models");
    await last.getByRole("button", { name: "Delete lab/tiny" }).click();
    await last.getByRole("listitem").filter({ hasText: "lab/tiny" }).waitFor({ state: "detached" });
    complaints.none();
  } finally {
    await hub.close();
  }
});
