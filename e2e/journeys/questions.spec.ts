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
  // The key works as soon as the recorded run is shown.
  await page.keyboard.press("q");
  const panel = page.getByRole("dialog", { name: "My questions" });
  const input = panel.locator("input[type=file]").first();
  await input.setInputFiles(file("broken.jsonl", `${jsonl(rows(3))}\n{"question": "no end`));
  await panel.getByRole("alert").waitFor();
  expect(await panel.getByRole("alert").innerText()).toMatch(/line 4/i);
  // The rows that can be used are shown, and the broken one may be left out.
  await panel.getByRole("cell", { name: "What is 0 plus 1?" }).waitFor();
  // As the chosen model reads them: the answer is marked, and so is the token that ends the turn.
  const rendered = panel.getByRole("group", { name: "Tokens of row-000001" });
  await expect(rendered.locator("mark.end")).toHaveText("<|im_end|> (ends the turn)");
  expect((await rendered.locator("mark.target").allTextContents()).join("")).toBe("so 1");
  await panel.getByLabel("Leave out rows that cannot be used").check();
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/2 questions to study, 1 to test/).waitFor();
  await panel.getByText(/1 row cannot be used \(line 4\)/).waitFor();
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/2 questions to study/).waitFor({ state: "detached" });

  const chat = [0, 1, 2].map((i) => ({
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: `What is ${i} plus 5?` },
      { role: "assistant", content: `so ${i + 5}` },
    ],
  }));
  await input.setInputFiles(file("chat.jsonl", jsonl(chat)));
  await panel.getByText("Read as chat messages.").waitFor();
  await panel.getByRole("cell", { name: "Be short. What is 0 plus 5?" }).waitFor();
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/2 questions to study, 1 to test/).waitFor();
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/2 questions to study/).waitFor({ state: "detached" });

  await input.setInputFiles(file("mine.jsonl", jsonl(rows(40))));
  await panel.getByRole("cell", { name: "What is 0 plus 1?" }).waitFor();
  expect(await panel.getByLabel("The question is in").inputValue()).toBe("question");
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/36 questions to study, 4 to test/).waitFor();
  expect(decodeURIComponent(page.url())).toMatch(/data\.train=stored:mine\.jsonl/);
  await panel.getByRole("button", { name: "Delete" }).click();
  await panel.getByText(/36 questions to study/).waitFor({ state: "detached" });
  complaints.none();
});
