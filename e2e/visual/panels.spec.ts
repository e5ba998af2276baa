// Every panel and dialog against stored pictures: light, dark, 390 px wide.
import type { Panel } from "../../src/store/lab";
import { expect, test } from "../fixtures";
import { onlyOurFonts } from "./fonts";
import { looks, openStill, quiet, same, stillPage } from "./still";

/** The command that opens each; a panel that is missing here does not compile. */
const commands: Record<Exclude<Panel, "palette">, string> = {
  settings: "Change the settings",
  data: "Use my own questions",
  models: "Choose or add a model",
  ask: "Ask the model something",
  help: "Shortcuts",
  search: "Search samples",
  words: "Glossary",
  runs: "My runs",
  device: "What this browser can do",
  pilot: "Does it pay on my data?",
  arena: "Races so far: does an order pay?",
  accounting: "Where time and memory go",
};

for (const look of looks)
  test(`panels look as they did, ${look.name}`, async ({ browser, url }) => {
    const page = await stillPage(browser, url, look);
    await openStill(page, url, "needle");
    const dialog = page.getByRole("dialog");
    const palette = page.getByRole("dialog", { name: "Commands" });
    await page.keyboard.press("Control+k");
    await same(palette, look, "palette");
    await page.keyboard.press("Escape");
    for (const [panel, command] of Object.entries(commands)) {
      await page.keyboard.press("Control+k");
      await palette.getByRole("combobox").fill(command);
      await page.keyboard.press("Enter");
      await expect(palette).toHaveCount(0);
      await quiet(page);
      await onlyOurFonts(page, dialog);
      // What is free is said by the worker, which knows this machine.
      await same(dialog, look, panel, [page.getByText(/left for this page/)]);
      await page.keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
    }
    await page.locator("#why tbody button").first().click();
    await quiet(page);
    await same(dialog, look, "sample");
    await page.context().close();
  });
