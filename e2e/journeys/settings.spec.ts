// Three changed settings are in the link; an impossible value is named and cannot be run; undo restores the last
// value.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { listen, openRecorded } from "../page";

const drawer = async (page: Page) => {
  await page.getByRole("button", { name: "Settings…" }).click();
  const panel = page.getByRole("dialog", { name: "Settings" });
  await panel.waitFor();
  return panel;
};

const fill = async (panel: Locator, label: string, value: string) => {
  const field = panel.getByLabel(label, { exact: false }).first();
  await field.fill(value);
  await field.press("Enter");
};

test("three settings travel in the link", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  const panel = await drawer(page);
  await fill(panel, "Rounds", "3");
  await fill(panel, "Picks a round", "32");
  await fill(panel, "LoRA rank", "4");
  await panel.getByText("3 settings changed").waitFor();
  const link = page.url();
  for (const part of ["curriculum.rounds=3", "curriculum.perRound=32", "adapter.rank=4"])
    expect(link.includes(part), part).toBe(true);

  const elsewhere = await page.context().newPage();
  await openRecorded(elsewhere, link);
  const other = await drawer(elsewhere);
  await other.getByText("3 settings changed").waitFor();
  expect(await other.getByLabel("Rounds").first().inputValue()).toBe("3");
  await elsewhere.close();

  await fill(panel, "Rounds", "many");
  await panel.getByText(/expected a whole number/).waitFor();
  expect(await panel.getByRole("button", { name: "Run on my GPU" }).isDisabled()).toBe(true);
  await panel.getByRole("button", { name: "Undo" }).click();
  expect(await panel.getByLabel("Rounds").first().inputValue()).toBe("3");
  expect(await panel.getByRole("button", { name: "Run on my GPU" }).isEnabled()).toBe(true);
  await panel.getByRole("button", { name: "Reset all" }).click();
  await panel.getByText("Nothing is changed from the story.").waitFor();
  expect(!page.url().includes("rounds")).toBe(true);
  complaints.none();
});
