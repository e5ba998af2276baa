// A tinkerer drops a file: a broken line is named, a good file is shown, kept and used.
import assert from "node:assert/strict";
import { listen, openRecorded, story } from "../_page.mjs";

const rows = (n) =>
  Array.from({ length: n }, (_, i) => ({ question: `What is ${i} plus 1?`, answer: `so ${i + 1}` }));
const file = (name, text) => ({ name, mimeType: "application/x-ndjson", buffer: Buffer.from(text) });
const jsonl = (list) => list.map((row) => JSON.stringify(row)).join("\n");

export default story("my own questions are checked, kept and used", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await page.getByRole("button", { name: "My questions" }).click();
  const panel = page.getByRole("dialog", { name: "My questions" });
  const input = panel.locator("input[type=file]");
  await input.setInputFiles(file("broken.jsonl", `${jsonl(rows(3))}\n{"question": "no end`));
  await panel.getByRole("alert").waitFor();
  assert.match(await panel.getByRole("alert").innerText(), /line 4/i);

  await input.setInputFiles(file("mine.jsonl", jsonl(rows(40))));
  await panel.getByText("What is 0 plus 1?").waitFor();
  assert.equal(await panel.getByLabel("The question is in").inputValue(), "question");
  await panel.getByRole("button", { name: "Keep and use" }).click();
  await panel.getByText(/36 questions to study, 4 to test/).waitFor();
  assert.match(decodeURIComponent(page.url()), /data\.train=stored:mine\.jsonl/);
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/36 questions to study/).waitFor({ state: "detached" });
  complaints.none();
});
