// Importing a file whose name is already stored: cancel, keep both and replace, also by keyboard; a run that was
// started with the replaced rows is not resumed with the new ones.
import { expect, test } from "../fixtures";
import { listen } from "../page";

const small =
  "#story=needle&curriculum.strategy=random&curriculum.rounds=2&budget.steps=60&trainer.samplesPerBatch=2" +
  "&evaluation.limit=2&evaluation.probes=1&evaluation.maxNewTokens=4";
const LONG = 240_000;
const file = (n: number) => ({
  name: "train.jsonl",
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(
    Array.from({ length: n }, (_, i) => JSON.stringify({ prompt: `${i}+1=?`, answer: `so ${i + 1}` })).join(
      "\n",
    ),
  ),
});

test("a dataset of the same name is asked about", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  await page.goto(`${url}${small}`);
  const panel = page.getByRole("dialog", { name: "My questions" });
  const question = page.getByRole("dialog", { name: "train.jsonl is already stored" });
  const keep = async (n: number) => {
    if (!(await panel.isVisible())) await page.getByRole("button", { name: "My questions" }).click();
    await panel.locator("input[type=file]").first().setInputFiles([]);
    await panel.locator("input[type=file]").first().setInputFiles(file(n));
    await panel.getByRole("button", { name: "Save and use" }).click();
  };
  const kept = async () => (await panel.locator(".runs li > span:first-child").allInnerTexts()).sort();
  const sizes = async () =>
    (await kept()).map((line) =>
      line
        .match(/^(.*?jsonl) (\d+) questions/)
        ?.slice(1)
        .join(" "),
    );

  await keep(40);
  await panel.getByText(/36 questions to study, 4 to test/).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByText(/^Round 1 of 2$/).waitFor();
  await page.getByRole("button", { name: "Stop and save" }).click();
  await page.getByText(/^Stopped$/).waitFor();

  // Escape cancels the question alone: nothing is stored, the panel stays.
  await keep(8);
  await question.getByText(/36 questions to study and 4 to test/).waitFor();
  await question.getByText(/1 unfinished run began with it/).waitFor();
  await page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  expect(await sizes()).toEqual(["train.jsonl 36"]);

  // The question begins on “Keep both”.
  await panel.getByRole("button", { name: "Save and use" }).click();
  await question.waitFor();
  await page.keyboard.press("Enter");
  await panel.getByText(/train \(2\)\.jsonl/).waitFor();
  expect(await sizes()).toEqual(["train (2).jsonl 7", "train.jsonl 36"]);
  expect(decodeURIComponent(page.url())).toMatch(/data\.train=stored:train\+\(2\)\.jsonl/);

  await keep(8);
  await question.getByRole("button", { name: "Replace" }).click();
  await panel.getByText(/36 questions/).waitFor({ state: "detached" });
  expect(await sizes()).toEqual(["train (2).jsonl 7", "train.jsonl 7"]);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "My runs" }).click();
  await page.getByRole("dialog", { name: "Runs" }).getByRole("button", { name: "Resume" }).click();
  await page
    .getByText(
      /cannot go on, because since it began these changed: the rows to train on \(train\.jsonl: 36 rows, now 7\); the rows to test on \(train\.jsonl: 4 rows, now 1\)\./,
    )
    .waitFor();
  complaints.none();
});
