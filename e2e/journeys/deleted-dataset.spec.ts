// A link to a dataset that is not in this browser says what to import; starting the run says the same and changes
// nothing.
import { expect, test } from "../fixtures";
import { listen, sentence } from "../page";
import { keepUnits, open, start, tiny } from "./own";

test("a dataset that is not here is asked for by name, and wipes nothing", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle");
  await keepUnits(page);
  const link = page.url();
  expect(link, "the link says how many rows belong to it").toMatch(/rows=20/);
  await page.getByRole("button", { name: "My questions", exact: true }).click();
  const panel = page.getByRole("dialog", { name: "My questions" });
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/18 questions to study/).waitFor({ state: "detached" });

  await page.goto("about:blank");
  await page.goto(`${link}${tiny}`);
  await page
    .getByText(/made with the dataset units\.jsonl, 20 questions, which is not in this browser/)
    .waitFor();
  await page.locator(".strip[data-whole=true]").waitFor();
  await start(page);
  await page.getByRole("alert").getByText("The dataset units.jsonl is not stored in this browser.").waitFor();
  expect(await page.locator("h1").innerText()).toBe("Find the needle");
  expect(await sentence(page, "study").innerText()).toMatch(/picked \d+ of 603/);
  expect(await page.getByText(/reading the run log|loading the model/).count()).toBe(0);
  await keepUnits(page);
  await page.getByText(/made with the dataset units/).waitFor({ state: "detached" });
  complaints.none();
});
