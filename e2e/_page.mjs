// What journeys share: opening the page, finding its pictures, and stopping a test that has nothing to look at.
import assert from "node:assert/strict";

/** Thrown to end a journey that cannot run here; `story()` turns it into a skip with its reason. */
class Skip extends Error {}

/** A journey as `npm test` runs it. */
export function story(name, run) {
  return {
    name,
    async run(context) {
      try {
        await run(context);
      } catch (thrown) {
        if (thrown instanceof Skip) return { skipped: thrown.message };
        throw thrown;
      }
      return undefined;
    },
  };
}

/** Collects what the page complains about; a journey ends by asking that there was nothing. */
export function listen(page) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("console", (message) => {
    // The browser's own note when a machine has no GPU is no fault of the page.
    if (message.type() === "error" && !/No available adapters/.test(message.text()))
      complaints.push(message.text());
  });
  return { none: () => assert.deepEqual(complaints, [], "the page complained") };
}

export const picture = (page, id) => page.locator(`#${id}`);
export const sentence = (page, id) => page.locator(`#${id} .sentence`);

/** Opens the page on a story and waits until its recorded run has picked once. */
export async function openRecorded(page, url, hash = "") {
  const catalogue = await (await fetch(new URL("runs/index.json", url))).json();
  if (catalogue.length === 0) throw new Skip("no recorded run lies in public/runs");
  await page.goto(`${url}${hash}`);
  await page.waitForFunction(() =>
    /picked/.test(document.querySelector("#study .sentence")?.textContent ?? ""),
  );
  return catalogue;
}

/** Pauses the recorded run, so that what is read does not move. */
export async function pause(page) {
  // The run starts by itself once its log is whole, which may be before or after this is called.
  await page.locator(".strip[data-whole=true]").waitFor();
  // Asked a few times a second: the button may say the old word for a frame or two, and must not be pressed twice.
  await page.waitForFunction(
    () => {
      const named = (name) =>
        [...document.querySelectorAll(".acts button")].find((b) => b.textContent === name);
      if (named("Play") !== undefined) return true;
      named("Pause")?.click();
      return false;
    },
    null,
    { polling: 250 },
  );
}

/** Moves the playhead to the end of the run. */
export async function toEnd(page) {
  await pause(page);
  const head = page.getByRole("slider", { name: /Playhead/ });
  await head.evaluate((input) => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    set.call(input, input.max);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.getByText(/^Finished$/).waitFor();
}

/** The status line's words. */
export const status = (page) => page.locator(".status-row").innerText();
