// Three changed settings travel in the link; an impossible value is named and cannot be run; undo goes back.
import assert from "node:assert/strict";
import { listen, openRecorded, story } from "../_page.mjs";

const drawer = async (page) => {
  await page.getByRole("button", { name: "Change…" }).click();
  const panel = page.getByRole("dialog", { name: "Settings" });
  await panel.waitFor();
  return panel;
};

const fill = async (panel, label, value) => {
  const field = panel.getByLabel(label, { exact: false }).first();
  await field.fill(value);
  await field.press("Enter");
};

export default story("three settings travel in the link", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  let panel = await drawer(page);
  await fill(panel, "Rounds", "3");
  await fill(panel, "Picks a round", "32");
  await fill(panel, "LoRA rank", "4");
  await panel.getByText("3 settings changed").waitFor();
  const link = page.url();
  for (const part of ["curriculum.rounds=3", "curriculum.perRound=32", "adapter.rank=4"])
    assert.ok(link.includes(part), part);

  const elsewhere = await page.context().newPage();
  await openRecorded(elsewhere, link);
  const other = await drawer(elsewhere);
  await other.getByText("3 settings changed").waitFor();
  assert.equal(await other.getByLabel("Rounds").first().inputValue(), "3");
  await elsewhere.close();

  await fill(panel, "Rounds", "many");
  await panel.getByText(/expected a whole number/).waitFor();
  assert.ok(await panel.getByRole("button", { name: "Run on my GPU" }).isDisabled());
  await panel.getByRole("button", { name: "Undo" }).click();
  assert.equal(await panel.getByLabel("Rounds").first().inputValue(), "3");
  assert.ok(await panel.getByRole("button", { name: "Run on my GPU" }).isEnabled());
  await panel.getByRole("button", { name: "Reset all" }).click();
  await panel.getByText("As the story has it.").waitFor();
  assert.ok(!page.url().includes("rounds"));
  complaints.none();
});
