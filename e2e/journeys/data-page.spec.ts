// The data page from an empty profile: five hundred pasted rows, some of them broken, are mapped, looked through, mended by hand,
// split by a column, kept, looked at later, deleted and brought back; the next file of the same shape needs no mapping.
import { expect, test } from "../fixtures";
import { noFindings } from "../a11y/axe";
import { listen, openRecorded } from "../page";
import { finished, open, start, tiny } from "./own";

const ROWS = 500;
const topics = ["length", "weight", "time"];
/** Row 6 of each hundred is cut off, row 8 has no answer, row 10 repeats the first. */
const line = (i: number): string => {
  const row = (n: number, a = `so ${n + 1}`) =>
    JSON.stringify({ source: `page ${n % 5}`, q: `What is ${n} plus 1?`, a, topic: topics[n % 3] });
  if (i % 100 === 5) return row(i).slice(0, 20);
  if (i % 100 === 7) return row(i, "");
  return row(i % 100 === 9 ? 0 : i);
};
const text = Array.from({ length: ROWS }, (_, i) => line(i)).join("\n");

test("five hundred dirty rows are mapped, mended, split, kept and looked at later", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(120_000);
  await openRecorded(page, url);
  await page.keyboard.press("q");
  const panel = page.getByRole("dialog", { name: "My questions" });
  const paste = async () => {
    await panel.getByRole("button", { name: "Paste rows instead" }).click();
    await panel.getByLabel(/^Rows as text/).fill(text);
    await panel.getByRole("button", { name: "Read these rows" }).click();
  };
  await paste();

  // No column is called like a question: the error says so, and offers what it advises.
  await panel
    .getByRole("alert")
    .getByText(/no column for the prompt/)
    .waitFor();
  await panel.getByRole("button", { name: "Choose another column" }).click();
  await expect(panel.getByLabel("The question is in")).toBeFocused();
  await panel.getByLabel("The question is in").selectOption("q");
  await panel.getByLabel("The answer is in").selectOption("a");
  await panel.getByLabel("The context is in").selectOption("source");
  await expect(panel.getByLabel(/^Question: columns in braces/)).toHaveValue("{source}\n\n{q}");

  // What is wrong is counted at once; the rows are shown, and one is mended by hand.
  await panel
    .getByRole("alert")
    .getByText(/line 6: .*; 9 more rows cannot be used either/)
    .waitFor();
  await panel
    .getByText(/5 rows repeat earlier ones \(lines 10, 110, 210, 310, 410\); they are kept/)
    .waitFor();
  await panel.getByRole("button", { name: "Show them" }).click();
  await panel
    .getByText(/^10 of 500 rows/)
    .first()
    .waitFor();
  await panel.getByRole("button", { name: "line 8", exact: true }).click();
  await panel.getByRole("button", { name: "Change line 8" }).click();
  await panel.getByRole("form", { name: "Change line 8" }).getByLabel("a", { exact: true }).fill("so 8");
  await panel.getByRole("button", { name: "Apply" }).click();
  await panel
    .getByText(/^9 of 500 rows/)
    .first()
    .waitFor();
  await panel.getByRole("alert").getByRole("button", { name: "Leave out such rows" }).click();
  await expect(panel.getByRole("alert")).toHaveCount(0);
  await panel.getByRole("button", { name: "Show all rows" }).click();

  // A bar filters the rows, by keyboard too; a second press shows all again.
  const bars = panel.getByRole("toolbar", { name: /How long are the answers/ });
  await bars.getByRole("button", { name: /^4 characters: 1\d rows/ }).focus();
  await page.keyboard.press("Enter");
  await panel
    .getByText(/^1\d of 500 rows/)
    .first()
    .waitFor();
  await page.keyboard.press("ArrowRight");
  await expect(bars.getByRole("button", { name: /^5 characters/ })).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await panel
    .getByText(/^500 rows/)
    .first()
    .waitFor();

  // Search, then rows by arrow keys; the one in focus is shown as the model reads it, and taken out and brought back.
  await panel.getByLabel("Search the rows").fill("row-000251");
  await panel
    .getByText(/^1 of 500 rows/)
    .first()
    .waitFor();
  await panel.getByRole("button", { name: "line 251" }).click();
  const tokens = panel.getByRole("group", { name: "Tokens of row-000251" });
  await expect(tokens.locator("mark.end")).toHaveText(/<\|im_end\|>/);
  expect((await tokens.locator("mark.target").allTextContents()).join("")).toBe("so 251");
  await noFindings(page, "the data page with rows");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 900 });
  await noFindings(page, "the data page with rows, dark, 390 px");
  const wide = await panel.evaluate((dialog) => dialog.querySelector(".inside")!.scrollWidth);
  expect(wide, "nothing is wider than the screen").toBeLessThanOrEqual(390);
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize({ width: 1280, height: 900 });
  await panel.getByRole("button", { name: "Take out line 251" }).click();
  const undo = panel.getByRole("status").filter({ hasText: "Taken out: line 251" });
  await undo.getByRole("button", { name: "Undo" }).click();
  await panel.getByText("Changed: line 8").waitFor();
  await panel.getByLabel("Search the rows").fill("");
  await panel.getByRole("button", { name: "line 1", exact: true }).click();
  await page.keyboard.press("End");
  await expect(panel.getByRole("button", { name: "line 500" })).toBeFocused();

  // Every row is checked with the model, and its tokens are counted.
  await panel.getByRole("button", { name: "Check every row with the model" }).click();
  await panel.getByText("Every row was checked with the tokenizer of tiny.").waitFor();
  await panel.getByText(/^Half of the 491 samples have at most \d+ tokens/).waitFor();

  // A second test set, each topic with the same share.
  await panel.getByRole("button", { name: "Add a test set" }).click();
  await panel.getByLabel("Same share of each value of").selectOption("topic");
  const second = panel.locator(".test-set").nth(1);
  await second.getByRole("textbox", { name: "Test set" }).fill("hard");
  await second.getByRole("textbox", { name: "Test set" }).press("Enter");
  // 500 rows without five cut off and four empty ones: 49 in each test set.
  await panel.getByText(/^393 to study; the others are held out/).waitFor();
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/393 questions to study, 49 in test, 49 in hard/).waitFor();
  await panel.getByText(/9 rows cannot be used/).waitFor();
  await panel.getByText(/1 row was changed by hand \(line 8\)/).waitFor();

  // Later: another test set, the kept rows, another name, a copy, and a deletion that is undone.
  await panel.getByLabel("Test with").selectOption("hard");
  await panel.getByRole("button", { name: "Use pasted.txt" }).click();
  expect(decodeURIComponent(page.url())).toMatch(/data\.test=stored:pasted\.txt#hard/);
  await panel.getByRole("button", { name: "View pasted.txt" }).click();
  const kept = panel.getByRole("region", { name: "Rows of pasted.txt" });
  await kept.getByLabel("Part").selectOption("hard");
  await kept
    .getByText(/^49 of 491 rows/)
    .first()
    .waitFor();
  await kept.getByRole("button", { name: "Close the rows" }).click();
  await panel.getByRole("button", { name: "Rename pasted.txt" }).click();
  await panel.getByLabel("New name").fill("sums");
  await panel.getByLabel("New name").press("Enter");
  await panel.getByRole("button", { name: "Duplicate sums" }).click();
  await panel.getByRole("button", { name: "Delete sums (2)" }).waitFor();
  await panel.getByRole("button", { name: "Delete sums", exact: true }).click();
  const gone = panel.getByRole("status").filter({ hasText: "sums was deleted" });
  await gone.getByRole("button", { name: "Undo" }).click();
  await panel.getByRole("button", { name: "View sums", exact: true }).click();
  await panel
    .getByRole("region", { name: "Rows of sums" })
    .getByText(/^491 rows/)
    .first()
    .waitFor();

  // The next file of the same shape is read the same way.
  await paste();
  await panel.getByText("As you chose them for the last file with these columns.").waitFor();
  await expect(panel.getByLabel("The context is in")).toHaveValue("source");
  complaints.none();
});

test("a run whose rows are too long offers what its error advises", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle");
  await page.keyboard.press("q");
  const panel = page.getByRole("dialog", { name: "My questions" });
  const rows = Array.from({ length: 20 }, (_, i) => ({
    prompt: i === 4 ? "7 ".repeat(1200) : `${i} m in cm?`,
    answer: `so ${i * 100}`,
  }));
  await panel
    .locator("input[type=file]")
    .first()
    .setInputFiles({
      name: "long.jsonl",
      mimeType: "application/x-ndjson",
      buffer: Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n")),
    });
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/18 questions to study, 2 to test/).waitFor();
  const long = "&data.train=stored:long.jsonl&data.test=stored:long.jsonl";
  await open(page, url, `#story=needle${long}${tiny}`);
  await start(page);
  const problem = page.getByRole("alert").filter({ hasText: /more than the \d+ tokens that fit/ });
  await problem.getByRole("button", { name: "Open My questions" }).waitFor();
  await problem.getByRole("button", { name: "Leave out such rows, and run" }).click();
  await finished(page);
  expect(page.url()).toMatch(/data\.tooLong=leave(\+|%20)out/);
  complaints.none();
});
