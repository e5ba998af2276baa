// Every picture of the registry, and whatever else stands on the page, against stored pictures: light, dark, 390 px wide.
import type * as first from "../../src/pictures/first";
import type * as later from "../../src/pictures/later";
import type { Recorded } from "../../scripts/comparisons";
import { loadSource } from "../../scripts/source";
import { expect, test } from "../fixtures";
import { onlyOurFonts } from "./fonts";
import { looks, openStill, same, stillPage } from "./still";

/** Higher than the page, so that nothing is scrolled and nothing lies over a picture, px. */
const TALL = 9000;

/** Drawn for scout alone, of which no run is recorded. */
const unrecorded = ["neighbourhoods"];

async function registered(): Promise<string[]> {
  const { firstPictures } = await loadSource<typeof first>("src/pictures/first.ts");
  const { laterPictures } = await loadSource<typeof later>("src/pictures/later.ts");
  return [...firstPictures, ...laterPictures].map(({ id }) => id);
}

for (const look of looks)
  test(`pictures look as they did, ${look.name}`, async ({ browser, url }) => {
    const catalogue = (await (await fetch(new URL("runs/index.json", url))).json()) as Recorded[];
    const page = await stillPage(browser, url, look);
    await page.setViewportSize({ width: look.width, height: TALL });
    const seen = new Set<string>();
    for (const story of new Set(catalogue.map((entry) => entry.story))) {
      await openStill(page, url, story);
      await onlyOurFonts(page, page.locator("#root"));
      await same(page.locator(".top"), look, `top-${story}`);
      const ids = await page.locator("main section[id]").evaluateAll((list) => list.map(({ id }) => id));
      // Each where it is first met: stories with the same pictures differ in their data only.
      for (const id of ids.filter((id) => !seen.has(id))) {
        seen.add(id);
        await same(page.locator(`#${id}`), look, id);
      }
    }
    await page.context().close();
    const missed = (await registered()).filter((id) => !seen.has(id));
    expect(missed, "registered pictures that no recorded run shows").toEqual(unrecorded);
  });
