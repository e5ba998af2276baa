// A user's reward function that misbehaves: one clear error, the page stays alive, storage is unchanged, and the
// run can be resumed from its checkpoint with a corrected function.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { listen, status } from "../page";

const LONG = 240_000;
const settings =
  "#story=needle&data.train=builtin:comm&data.test=builtin:comm&trainer.kind=grpo&trainer.samplesPerBatch=2" +
  "&trainer.rollouts=3&trainer.maxNewTokens=6&trainer.reward.kind=function&trainer.reward.timeoutMs=2000" +
  "&curriculum.strategy=uniform&curriculum.rounds=1&curriculum.perRound=null&budget.steps=2" +
  "&evaluation.every=never&evaluation.probes=0&trainer.reward.code=";

const BAD: [code: string, sentence: RegExp][] = [
  ["while (true) {}", /^The reward function took longer than 2000 ms for 6 answers and was ended\.$/],
  [
    "const kept = []; for (;;) kept.push(new Uint8Array(1e6).fill(1));",
    /^The reward function (needed more than 64 MB of memory|took longer than 2000 ms for 6 answers) and was ended\.$/,
  ],
  ["return NaN;", /^The reward function returned NaN where a number from 0 to 1 was expected\.$/],
  [
    "postMessage({ rewards: [1] }); return 1;",
    /^The reward function threw ReferenceError: 'postMessage' is not defined\.$/,
  ],
];
const GOOD = "return text.length / 1000;";

interface Kept {
  runId: string;
  state: string;
  reason?: string;
}

const kept = (page: Page): Promise<Kept[]> =>
  page.evaluate(
    () =>
      new Promise<Kept[]>((resolve, reject) => {
        const request = indexedDB.open("proximal");
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const db = request.result;
          const all = db.transaction("runs").objectStore("runs").getAll();
          all.onsuccess = () => {
            db.close();
            const runs = all.result as { runId: string; status: string; reason?: string }[];
            resolve(runs.map(({ runId, status: state, reason }) => ({ runId, state, reason })));
          };
        };
      }),
  );

/** Opens the page anew with a function in its settings. */
async function open(page: Page, url: string, code: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${url}${settings}${encodeURIComponent(code)}`);
  await page.getByRole("button", { name: /Run on my GPU/ }).waitFor();
}

test("a reward function that misbehaves harms nothing", async ({ page, url }) => {
  const complaints = listen(page);
  page.setDefaultTimeout(LONG);
  for (const [at, [code, sentence]] of BAD.entries()) {
    await open(page, url, code);
    await page.getByRole("button", { name: /Run on my GPU/ }).click();
    const told = page.getByText(/^The reward function /).first();
    await told.waitFor();
    expect((await told.innerText()).trim(), code).toMatch(sentence);
    const runs = await kept(page);
    expect(runs.length, "one run more, told as failed").toBe(at + 1);
    expect(
      runs.every(({ state, reason }) => state === "failed" && /^The reward function/.test(reason ?? "")),
    ).toBe(true);
    // The page goes on as if nothing had been.
    await page.getByRole("button", { name: "My runs" }).click();
    await page.getByRole("dialog", { name: "Runs" }).waitFor();
    await page.keyboard.press("Escape");
  }

  await open(page, url, "return (");
  await page.getByRole("button", { name: /Run on my GPU/ }).click();
  await page.getByText(/^The reward function cannot be read: SyntaxError/).waitFor();
  expect((await kept(page)).length, "what cannot be read leaves no run behind").toBe(BAD.length);

  await open(page, url, GOOD);
  await page.getByRole("button", { name: "My runs" }).click();
  await page.getByRole("dialog", { name: "Runs" }).getByRole("button", { name: "Resume" }).last().click();
  await page.getByText(/^Finished$/).waitFor();
  expect(await status(page)).toMatch(/2 steps/);
  expect((await kept(page)).filter(({ state }) => state === "done").length).toBe(1);
  await page.locator("#parabola .sentence").waitFor();
  complaints.none();
});
