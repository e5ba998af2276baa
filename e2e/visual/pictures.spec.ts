// Every picture of the registry, and whatever else stands on the page, against stored pictures: light, dark, 390 px wide.
import type * as first from "../../src/pictures/first";
import type * as registry from "../../src/curriculum/registry";
import type * as later from "../../src/pictures/later";
import type { Recorded } from "../../scripts/comparisons";
import { loadSource } from "../../scripts/source";
import { expect, test } from "../fixtures";
import { onlyOurFonts } from "./fonts";
import { looks, openStill, same, stillPage, whole } from "./still";

/** Higher than the page, so that nothing is scrolled and nothing lies over a picture, px. */
const TALL = 9000;

const { strategyLabel } = await loadSource<typeof registry>("src/curriculum/registry.ts");

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
    const all = await registered();
    const seen = new Set<string>();
    /** Each picture where it is first met: stories and orders with the same pictures differ in their data only. */
    const compareNew = async (): Promise<void> => {
      const ids = await page.locator("main section[id]").evaluateAll((list) => list.map(({ id }) => id));
      for (const id of ids.filter((id) => !seen.has(id))) {
        seen.add(id);
        await same(page.locator(`#${id}`), look, id);
      }
    };
    for (const story of new Set(catalogue.map((entry) => entry.story))) {
      await openStill(page, url, story);
      await onlyOurFonts(page, page.locator("#root"));
      await same(page.locator(".top"), look, `top-${story}`);
      await compareNew();
    }
    // What only another order of a story shows.
    for (const { story, strategy } of catalogue) {
      if (all.every((id) => seen.has(id))) break;
      await openStill(page, url, story);
      const orders = page.getByRole("navigation", { name: "Recorded orders" });
      await orders.getByRole("button", { name: strategyLabel(strategy), exact: true }).click();
      await whole(page);
      await compareNew();
    }
    await page.context().close();
    const missed = all.filter((id) => !seen.has(id));
    expect(missed, "registered pictures that no recorded run shows").toEqual([]);
  });
