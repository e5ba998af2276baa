// The user leaves a run under way for a recorded story, and finds it again.
import { expect, test } from "../fixtures";
import { listen } from "../page";
import { open, start, stop } from "./own";

test("a run under way is found again after a look elsewhere", async ({ page, url }) => {
  const complaints = listen(page);
  await open(page, url, "#story=needle&curriculum.strategy=random&evaluation.limit=2&evaluation.probes=0");
  await start(page);
  await page.getByText(/^Round 1 of 5$/).waitFor();
  await page.getByRole("button", { name: "When the curriculum loses" }).click();
  await page.getByText(/^A recorded run/).waitFor();
  expect(await page.getByRole("button", { name: /Run on my GPU/ }).count(), "one run at a time").toBe(0);
  await page.getByRole("button", { name: "Back to the current run" }).click();
  expect(await page.locator("h1").innerText()).toBe("Random order on needle");
  await page.getByText(/^Live on this GPU/).waitFor();
  await stop(page);

  // A list that was read before another tab took the run up: the lock is what counts.
  await page.getByRole("button", { name: "My runs" }).click();
  const runs = page.getByRole("dialog", { name: "Runs" });
  await runs.getByRole("button", { name: "Resume" }).waitFor();
  await page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const db = await done(indexedDB.open("proximal"));
    const [id] = await done(db.transaction("runs").objectStore("runs").getAllKeys());
    db.close();
    void navigator.locks.request(`proximal-run:${String(id)}`, () => new Promise(() => {}));
  });
  await runs.getByRole("button", { name: "Delete" }).click();
  await runs.getByText(/is running in another tab\.$/).waitFor();
  await runs.getByText(/running in another tab, round/).waitFor();
  complaints.none();
});
