// Every malformed dataset of the golden folder, chosen on the page: its sentence is shown, and nothing is stored.
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { badFolders, missingWords, type Expected } from "../../scripts/bad-inputs";
import { ROOT } from "../../scripts/build";
import { readJson } from "../../scripts/json";
import { expect, test } from "../fixtures";
import { listen, openRecorded } from "../page";

const ROOT_OF_BAD = join(ROOT, "e2e", "golden", "bad");

/** What the lab's database and file storage hold, to the last value. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
    const lines: string[] = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name ?? ""));
      for (const store of db.objectStoreNames) {
        const from = db.transaction(store, "readonly").objectStore(store);
        const [keys, values] = [await settled(from.getAllKeys()), await settled(from.getAll())];
        keys.forEach((key, i) => lines.push(JSON.stringify([name, store, key, values[i]])));
      }
      db.close();
    }
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${path}/${name}`);
        else lines.push(`${path}/${name} ${(await (handle as FileSystemFileHandle).getFile()).size}`);
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return lines.sort();
  });

test("malformed questions are refused in words, and nothing is stored", async ({ page, url }) => {
  const complaints = listen(page);
  await openRecorded(page, url);
  await page.getByRole("button", { name: "My questions" }).click();
  const panel = page.getByRole("dialog", { name: "My questions" });
  const input = panel.locator("input[type=file]").first();
  const good = '{"prompt": "1+1?", "completion": "2"}\n{"prompt": "2+2?", "completion": "4"}\n'.repeat(20);
  // Kept under the name of a bad file that follows: it must not be replaced.
  await input.setInputFiles({
    name: "train.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(good),
  });
  await panel.getByRole("button", { name: "Save and use" }).click();
  await panel.getByText(/36 questions to study/).waitFor();
  const before = await stored(page);
  expect(before.length > 36, "the good questions are stored").toBe(true);
  let seen = 0;
  for (const base of badFolders(ROOT_OF_BAD)) {
    const { feed, must_mention } = readJson<Expected>(join(base, "expect.json"));
    if (feed.kind !== "dataset") continue;
    seen++;
    const file = join(base, feed.path);
    await input.setInputFiles({ name: basename(file), mimeType: "text/plain", buffer: readFileSync(file) });
    // A file may show its first rows well and break further down: then keeping it must say so.
    const alert = panel.getByRole("alert");
    const preview = panel.getByRole("button", { name: "Save and use" });
    await alert.or(preview).first().waitFor();
    if (!(await alert.isVisible())) await preview.click();
    await alert.waitFor();
    expect(missingWords(await alert.innerText(), must_mention), relative(ROOT_OF_BAD, base)).toBe("");
    expect(await stored(page), `${relative(ROOT_OF_BAD, base)}: storage changed`).toEqual(before);
  }
  expect(seen >= 3, `${seen} malformed datasets were tried`).toBe(true);
  complaints.none();
});
