// A setting with an impossible value is named when a run is started, and the recorded run on the page stays as it
// was.
import { expect, test } from "../fixtures";
import { listen, sentence } from "../page";
import { open, start } from "./own";

test("a bad setting is named, and the recording stays", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle&curriculum.rounds=many");
  await start(page);
  await page
    .getByRole("alert")
    .getByText(/curriculum\.rounds: expected a whole number/)
    .waitFor();
  expect(await page.locator("h1").innerText()).toBe("Find the needle");
  expect(await sentence(page, "study").innerText()).toMatch(/picked \d+ of 603/);
  expect(await page.getByText(/reading the run log|loading the model/).count()).toBe(0);
  expect(await page.getByRole("button", { name: /Run on my GPU/ }).isEnabled()).toBe(true);

  // What only the worker can refuse leaves the recording there too.
  await open(page, url, "#story=needle&data.train=https://nowhere.invalid/rows.jsonl");
  complaints.none();
  await start(page);
  await page.getByRole("alert").waitFor();
  expect(await page.locator("h1").innerText()).toBe("Find the needle");
  expect(await sentence(page, "study").innerText()).toMatch(/picked \d+ of 603/);
});

test("a story that is not there is named, with what opens in its place", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=comm");
  await page
    .getByRole("alert")
    .getByText('There is no recorded story called "comm": this is "needle".')
    .waitFor();
  expect(await page.locator("h1").innerText()).toBe("Find the needle");
  complaints.none();
});
