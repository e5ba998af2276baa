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
    return loaded.run(document, { resultTypes: ["violations"] });
  });
  const lines = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 140)).join(" | ")}`,
  );
  expect(lines, where).toEqual([]);
}
