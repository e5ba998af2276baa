// What journeys share: opening the page, finding its pictures, and reading where its run stands.
import { expect, test, type Locator, type Page } from "@playwright/test";
import type { Recorded } from "../scripts/comparisons";

/** Collects what the page complains about; a journey ends by asking that there was nothing. */
export function listen(page: Page): { none: () => void } {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // The browser's own note when a machine has no GPU is no fault of the page.
    if (message.type() === "error" && !/No available adapters/.test(message.text()))
      complaints.push(message.text());
  });
  return { none: () => expect(complaints, "the page complained").toEqual([]) };
}

/** The page's hash for a run of four steps on few questions. */
export const smallRun = (rounds: number): string =>
  `#story=needle&curriculum.rounds=${rounds}&curriculum.perRound=8&budget.steps=4&trainer.samplesPerBatch=2` +
  "&evaluation.limit=4&evaluation.probes=2&evaluation.maxNewTokens=16&curriculum.estimator.kind=teacher-forced";

/** Opens a dialog by its button. */
export async function openDialog(page: Page, name: string, title: string): Promise<Locator> {
  await page.getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: title });
  await dialog.waitFor();
  return dialog;
}

/** Rows of a table that hold values: those that keep columns wide or stand for rows out of sight are hidden. */
export const ROWS = "tbody tr:not([aria-hidden])";

export const picture = (page: Page, id: string): Locator => page.locator(`#${id}`);
export const sentence = (page: Page, id: string): Locator => page.locator(`#${id} .sentence`);

/** Opens the page on a story and waits until its recorded run has picked once. */
export async function openRecorded(page: Page, url: string, hash = ""): Promise<Recorded[]> {
  const catalogue = (await (await fetch(new URL("runs/index.json", url))).json()) as Recorded[];
  test.skip(catalogue.length === 0, "no recorded run lies in public/runs");
  await page.goto(`${url}${hash}`);
  await page.waitForFunction(() =>
    /picked/.test(document.querySelector("#study .sentence")?.textContent ?? ""),
  );
  return catalogue;
}

/** Pauses the recorded run, so that what is read does not move. */
export async function pause(page: Page): Promise<void> {
  // The run starts by itself once its log is whole, which may be before or after this is called.
  await page.locator(".strip[data-whole=true]").waitFor();
  // Asked a few times a second: the button may say the old word for a frame or two, and must not be pressed twice.
  await page.waitForFunction(
    () => {
      const named = (name: string) =>
        [...document.querySelectorAll<HTMLButtonElement>(".acts button")].find((b) => b.textContent === name);
      if (named("Play") !== undefined) return true;
      named("Pause")?.click();
      return false;
    },
    null,
    { polling: 250 },
  );
}

/** Moves the playhead to the end of the run. */
export async function toEnd(page: Page): Promise<void> {
  await pause(page);
  const head = page.getByRole("slider", { name: /Playhead/ });
  await head.evaluate((input) => {
    const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    value?.set?.call(input, (input as HTMLInputElement).max);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.getByText(/^Finished$/).waitFor();
}

/** The status line's words. */
export const status = (page: Page): Promise<string> => page.locator(".status-row").innerText();
