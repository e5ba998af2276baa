// End-to-end tests in Chromium on the software adapter, one at a time: a test that trains needs the whole machine.
// What failed leaves a trace in .cache/e2e (`npx playwright show-trace FILE`); each project has a folder of its own there,
// since both may run at once and each empties its own when it begins.
import { defineConfig } from "@playwright/test";
import { join } from "node:path";
import { chromiumArgs, findChromium } from "./scripts/browsers";

export default defineConfig({
  // Every wait inside a test has its own limit; this one ends what hangs altogether.
  timeout: 20 * 60_000,
  expect: { timeout: 30_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  use: {
    viewport: { width: 1280, height: 900 },
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    launchOptions: { executablePath: await findChromium(), args: chromiumArgs() },
    // Without pictures of the screen, which would cost a software adapter more than the tests themselves.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
  },
  projects: [
    { name: "journeys", testDir: "e2e/journeys", outputDir: ".cache/e2e/journeys" },
    { name: "a11y", testDir: "e2e/a11y", outputDir: ".cache/e2e/a11y" },
    {
      name: "visual",
      testDir: "e2e/visual",
      outputDir: ".cache/e2e/visual",
      // One set of pictures for all machines.
      snapshotPathTemplate: "{testDir}/baselines/{arg}{ext}",
      // Chromium 147 and 156 differ in at most 20 pixels of a picture, an axis label in more than 40.
      expect: { toHaveScreenshot: { maxDiffPixels: 40, threshold: 0.2, timeout: 60_000 } },
      use: {
        trace: "off",
        launchOptions: {
          executablePath: await findChromium(),
          // The machine's settings decide how letters are drawn, and in which language a file field is named.
          env: {
            ...process.env,
            FONTCONFIG_FILE: join(import.meta.dirname, "e2e/visual/fonts.conf"),
            LANGUAGE: "en",
          },
          // Drawn by the processor: quicker than by a software adapter, and the same everywhere.
          args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--disable-lcd-text"],
        },
      },
    },
  ],
});
