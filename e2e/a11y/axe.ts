// axe on a page as it is now; a finding fails with its element.
import { expect, type Page } from "@playwright/test";
import type axe from "axe-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function noFindings(page: Page, where: string): Promise<void> {
  await page.evaluate(source);
  const { violations } = await page.evaluate(() => {
    const loaded = (globalThis as unknown as { axe: typeof axe }).axe;
    // Base UI's focus guards hand the focus on at once and never keep it (https://github.com/mui/base-ui/issues/4668); axe takes
    // them for hidden controls (https://github.com/dequelabs/axe-core/issues/4832).
    const context = { include: [["html"]], exclude: [["[data-base-ui-focus-guard]"]] };
    return loaded.run(context, { resultTypes: ["violations"] });
  });
  const lines = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 140)).join(" | ")}`,
  );
  expect(lines, where).toEqual([]);
}
