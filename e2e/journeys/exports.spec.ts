// An adapter comes from the disk, is asked, and goes out in three forms; what went out comes back in, and answers alike.
import type { Download, Locator, Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as peftModule from "../../src/data/peft";
import type { AdapterConfig, AdapterState } from "../../src/families/config";
import { ROOT } from "../../scripts/build";
import { readJson } from "../../scripts/json";
import { loadSource } from "../../scripts/source";
import { expect, test } from "../fixtures";
import { listen, openDialog } from "../page";

const LONG = 120_000;

interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** PEFT's two files of an adapter that changes the built-in model's answers, made for a base of another name. */
async function adapterFiles(): Promise<Upload[]> {
  const { writeAdapter, loraName } = await loadSource<typeof peftModule>("src/data/peft.ts");
  const sizes = readJson<{ hidden_size: number; intermediate_size: number; num_hidden_layers: number }>(
    join(ROOT, "public", "models", "tiny", "config.json"),
  );
  const layers = Array.from({ length: sizes.num_hidden_layers }, (_, layer) => layer);
  const config: AdapterConfig = { rank: 2, alpha: 8, targets: ["down_proj"], useRslora: false, layers: null };
  const values = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * i) / 5);
  const state: AdapterState = new Map();
  for (const layer of layers) {
    const [input, out] = [sizes.intermediate_size, sizes.hidden_size];
    state.set(loraName(layer, "down_proj", "A"), { shape: [2, input], values: values(2 * input) });
    state.set(loraName(layer, "down_proj", "B"), { shape: [out, 2], values: values(out * 2) });
  }
  return writeAdapter(config, state, "someone/other-7B").map(({ name, bytes }) => ({
    ...{ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) },
  }));
}

/** The answer with what is chosen in the open panel, without that of the base beside it. */
async function answerIn(panel: Locator): Promise<string> {
  const beside = panel.getByLabel(/^Also ask/);
  if ((await beside.count()) > 0) await beside.uncheck();
  await panel.getByLabel("Your question").fill("What is 12+7?");
  await panel.getByRole("button", { name: "Ask", exact: true }).click();
  const answer = panel.getByRole("group", { name: /^Answer by/ }).last();
  await answer.waitFor({ timeout: LONG });
  const text = (await answer.innerText()).replaceAll("\n", "");
  await panel.getByRole("button", { name: "New conversation" }).click();
  return text;
}

async function saved(page: Page, panel: Locator, label: string): Promise<Upload> {
  const [download]: [Download, void] = await Promise.all([
    page.waitForEvent("download"),
    panel.getByRole("button", { name: label }).click(),
  ]);
  const buffer = readFileSync((await download.path())!);
  return { name: download.suggestedFilename(), mimeType: "application/octet-stream", buffer };
}

test("an adapter goes out in three forms, and comes back", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  await page.goto(url);
  const ask = await openDialog(page, "Ask", "Ask the model");
  const bring = ask.locator("input[type=file]");
  await bring.setInputFiles(await adapterFiles());
  await ask.getByText(/^The adapter was made for someone\/other-7B, and this model is/).waitFor();
  const adapted = await answerIn(ask);
  expect(adapted, "the adapter changes the answer").not.toMatch(/19<|so 19$/);

  const peft = await saved(page, ask, "Save for PEFT");
  expect(peft.name).toBe("files-adapter.tar");
  expect(peft.buffer.includes("# files\n")).toBe(true);
  const gguf = await saved(page, ask, "Save for llama.cpp");
  expect([gguf.name, gguf.buffer.subarray(0, 4).toString()]).toEqual(["files.gguf", "GGUF"]);
  const merged = await saved(page, ask, "Save merged model");
  expect(merged.name).toBe("files-merged.tar");

  await bring.setInputFiles(peft);
  await expect(ask.locator("select").first().locator("option:checked")).toHaveText("files-adapter");
  expect(await answerIn(ask), "the exported adapter answers alike").toBe(adapted);
  await page.keyboard.press("Escape");

  const models = await openDialog(page, "Models", "Models");
  await models.getByLabel("Choose files").setInputFiles(gguf);
  await models.getByText("files.gguf is an adapter for llama.cpp, not a model.").waitFor();
  await models.getByLabel("Choose files").setInputFiles(merged);
  await models.getByRole("listitem").filter({ hasText: "files-merged" }).getByText("in use").waitFor();
  await page.keyboard.press("Escape");
  const alone = await answerIn(await openDialog(page, "Ask", "Ask the model"));
  expect(alone, "the merged model answers alike without an adapter").toBe(adapted);
  complaints.none();
});
