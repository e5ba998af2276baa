// A dataset of the hub (a mock of its paths) is looked up by the address of its page, and the first rows of a split are read,
// shown and kept under a name that says which commit they are from, with the rows of another file as the test.
import { expect, test } from "../fixtures";
import { noFindings } from "../a11y/axe";
import { HEAD, startHub } from "../hub/mock";
import { standIn } from "../hub/standIn";
import { listen, openRecorded } from "../page";

test("the first rows of a hub dataset are kept, with their commit", async ({ page, url }, info) => {
  const complaints = listen(page);
  page.setDefaultTimeout(120_000);
  const hub = await startHub();
  const state = { cut: false, asked: 0 };
  try {
    await standIn(page.context(), hub, state);
    await openRecorded(page, url);
    await page.keyboard.press("q");
    const panel = page.getByRole("dialog", { name: "My questions" });
    await panel.getByRole("button", { name: "Take a dataset from the hub" }).click();
    const id = panel.getByLabel(/^Dataset on the hub/);
    await id.fill("sums");
    await panel.getByRole("button", { name: "Look it up" }).click();
    await panel
      .getByRole("alert")
      .getByText(/“sums” is no id of a dataset/)
      .waitFor();
    expect(state.asked, "nothing was asked of the hub so far").toBe(0);

    await id.fill("https://huggingface.co/datasets/lab/sums/viewer/default/train");
    await panel.getByRole("button", { name: "Look it up" }).click();
    await panel.getByText(`lab/sums at commit ${HEAD.slice(0, 7)}`).waitFor();
    await expect(panel.getByLabel("Subset and split").locator("option:checked")).toHaveText(
      /^default · train/,
    );
    await panel.getByLabel("First rows").fill("45");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 900 });
      await noFindings(page, `a hub dataset, ${colorScheme}, 390 px`);
      const wide = await panel.evaluate((dialog) => dialog.querySelector(".inside")!.scrollWidth);
      expect(wide, "nothing is wider than the screen").toBeLessThanOrEqual(390);
      await panel.screenshot({ path: info.outputPath(`hub-${colorScheme}.png`) });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await panel.getByRole("button", { name: "Fetch the first 45 rows" }).click();

    const name = `lab/sums train 45 @${HEAD.slice(0, 7)}.jsonl`;
    await panel.getByText(name).first().waitFor();
    await panel
      .getByText(/^45 rows/)
      .first()
      .waitFor();
    await panel.getByLabel("Search the rows").fill("44+1?");
    await panel
      .getByText(/^1 of 45 rows/)
      .first()
      .waitFor();
    // Another file is the test: it is tested whole, and nothing of the first is held out.
    await panel.getByLabel("Test with another file").setInputFiles({
      name: "hard.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("question,answer\n500+500?,1000\n600+600?,1200\n"),
    });
    await panel.getByText("2 rows of a file of their own, all to test").waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 900 });
      await noFindings(page, `a test file, ${colorScheme}, 390 px`);
      await panel.getByRole("region", { name: "Test sets" }).scrollIntoViewIfNeeded();
      await panel.screenshot({ path: info.outputPath(`test-file-${colorScheme}.png`) });
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await panel.getByRole("button", { name: "Save and use" }).click();
    await panel.getByRole("button", { name: `View ${name}` }).waitFor();
    await panel.getByText(/45 questions to study, 2 in hard/).waitFor();
    const settings = new URLSearchParams(new URL(page.url()).hash.slice(1));
    expect(settings.get("data.train")).toBe(`stored:${name}`);
    complaints.none();
  } finally {
    await hub.close();
  }
});
