// On a phone nothing is cut off and the order stays: story, status, what, pays, why, so what.
import { expect, test } from "../fixtures";
import { listen, openRecorded } from "../page";

test("390 px wide: everything in order, nothing beside the page", async ({ page, url }) => {
  const complaints = listen(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await openRecorded(page, url);
  // Pictures come one after another: the order is read when the last of them is there.
  await page.locator("#so-what .sentence").waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width <= 390, `the page is ${width} px wide`).toBe(true);
  const tops = await page.evaluate(() =>
    ["h1", ".status", "#study", "#pays", "#why", "#so-what"].map(
      (s) => (document.querySelector(s)?.getBoundingClientRect().top ?? NaN) + scrollY,
    ),
  );
  expect(tops).toEqual([...tops].sort((a, b) => a - b));
  await page.locator(".row-open").first().click();
  const history = page.getByRole("dialog", { name: "History of a sample" });
  const box = await history.boundingBox();
  expect(box !== null && box.x >= 0 && box.x + box.width <= 391).toBe(true);
  complaints.none();
});
