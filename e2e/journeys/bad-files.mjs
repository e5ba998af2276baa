// Every malformed dataset of the golden folder, chosen on the page: its sentence is shown, and nothing is stored.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { badFolders, missingWords } from "../../scripts/bad-inputs";
import { ROOT } from "../../scripts/build";
import { listen, openRecorded, story } from "../_page.mjs";

const ROOT_OF_BAD = join(ROOT, "e2e", "golden", "bad");

/** What the lab's database and file storage hold, to the last value. */
const stored = (page) =>
  page.evaluate(async () => {
    const settled = (request) =>
      new Promise((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
      });
    const lines = [];
    for (const { name } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const from = db.transaction(store, "readonly").objectStore(store);
        const [keys, values] = [await settled(from.getAllKeys()), await settled(from.getAll())];
        keys.forEach((key, i) => lines.push(JSON.stringify([name, store, key, values[i]])));
      }
      db.close();
    }
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") await walk(handle, `${path}/${name}`);
        else lines.push(`${path}/${name} ${(await handle.getFile()).size}`);
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return lines.sort();
  });

export default story(
  "malformed questions are refused in words, and nothing is stored",
  async ({ page, url }) => {
    const complaints = listen(page);
    await openRecorded(page, url);
    await page.getByRole("button", { name: "My questions" }).click();
    const panel = page.getByRole("dialog", { name: "My questions" });
    const input = panel.locator("input[type=file]");
    const good = '{"prompt": "1+1?", "completion": "2"}\n{"prompt": "2+2?", "completion": "4"}\n'.repeat(20);
    // Kept under the name of a bad file that follows: it must not be replaced.
    await input.setInputFiles({
      name: "train.jsonl",
      mimeType: "application/x-ndjson",
      buffer: Buffer.from(good),
    });
    await panel.getByRole("button", { name: "Keep and use" }).click();
    await panel.getByText(/36 questions to study/).waitFor();
    const before = await stored(page);
    assert.ok(before.length > 36, "the good questions are stored");
    let seen = 0;
    for (const base of badFolders(ROOT_OF_BAD)) {
      const { feed, must_mention } = JSON.parse(readFileSync(join(base, "expect.json"), "utf8"));
      if (feed.kind !== "dataset") continue;
      seen++;
      const file = join(base, feed.path);
      await input.setInputFiles({ name: basename(file), mimeType: "text/plain", buffer: readFileSync(file) });
      // A file may show its first rows well and break further down: then keeping it must say so.
      const alert = panel.getByRole("alert");
      const preview = panel.getByRole("button", { name: "Keep and use" });
      await alert.or(preview).first().waitFor();
      if (!(await alert.isVisible())) await preview.click();
      await alert.waitFor();
      assert.equal(missingWords(await alert.innerText(), must_mention), "", relative(ROOT_OF_BAD, base));
      assert.deepEqual(await stored(page), before, `${relative(ROOT_OF_BAD, base)}: storage changed`);
    }
    assert.ok(seen >= 3, `${seen} malformed datasets were tried`);
    complaints.none();
  },
);
