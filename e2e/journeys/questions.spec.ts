// A user imports a file: an error names the broken line; a good file is shown, stored and used.
import { expect, test } from "../fixtures";
import { listen, openRecorded } from "../page";

const rows = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ question: `What is ${i} plus 1?`, answer: `so ${i + 1}` }));
const file = (name: string, text: string) => ({
  name,
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(text),
});
const jsonl = (list: object[]) => list.map((row) => JSON.stringify(row)).join("\n");

test("my own questions are checked, kept and used", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await page.getByRole("button", { name: "My questions" }).click();
  const panel = page.getByRole("dialog", { name: "My questions" });
  const input = panel.locator("input[type=file]");
  await input.setInputFiles(file("broken.jsonl", `${jsonl(rows(3))}\n{"question": "no end`));
  await panel.getByRole("alert").waitFor();
  expect(await panel.getByRole("alert").innerText()).toMatch(/line 4/i);

  await input.setInputFiles(file("mine.jsonl", jsonl(rows(40))));
  await panel.getByText("What is 0 plus 1?").waitFor();
  expect(await panel.getByLabel("The question is in").inputValue()).toBe("question");
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/36 questions to study, 4 to test/).waitFor();
  expect(decodeURIComponent(page.url())).toMatch(/data\.train=stored:mine\.jsonl/);
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/36 questions to study/).waitFor({ state: "detached" });
  complaints.none();
});
