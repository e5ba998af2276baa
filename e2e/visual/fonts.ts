// One set of fonts for the pictures of the page, so that they look the same on every machine: of development packages,
// served from the page's own origin, and none of them in what is built.
import { expect, type Locator, type Page } from "@playwright/test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/build";

const FOLDER = "visual-fonts/";

/** Two that come in parts by script, each with the style sheet that says which. */
const text = ["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono"];
/** For signs that those two lack, in the order they are asked: family, package, file. */
const signs = [
  ["Signs 1", "@fontsource/noto-sans-math", "noto-sans-math-latin-400-normal.woff2"],
  ["Signs 2", "@fontsource/noto-sans-symbols-2", "noto-sans-symbols-2-symbols-400-normal.woff2"],
];
const families = signs.map(([family]) => `"${family}"`).join(", ");

/** Outside the page's layers, so that it wins over them without being more specific. */
const sheet = `${signs
  .map(
    ([family, name, file]) => `@font-face { font-family: "${family}"; src: url(./${name}/files/${file}); }`,
  )
  .join("\n")}
:root { font-family: "Inter Variable", ${families}; --mono: "JetBrains Mono Variable", ${families}; }`;

const links = [...text.map((name) => `${name}/index.css`), "visual.css"]
  .map((file) => `<link rel="stylesheet" href="./${FOLDER}${file}">`)
  .join("");

const TYPES: Record<string, string> = { css: "text/css", woff2: "font/woff2" };

/** Adds the fonts to every page that is opened from now on. */
export async function serveFonts(page: Page, url: string): Promise<void> {
  await page.route(url, async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("</head>", `${links}</head>`);
    await route.fulfill({ response, body });
  });
  await page.route(`${url}${FOLDER}**`, (route) => {
    const name = route.request().url().slice(`${url}${FOLDER}`.length);
    const contentType = TYPES[name.split(".").at(-1) ?? ""];
    if (name === "visual.css") return route.fulfill({ contentType, body: sheet });
    const file = join(ROOT, "node_modules", name);
    return existsSync(file)
      ? route.fulfill({ contentType, body: readFileSync(file) })
      : route.fulfill({ status: 404 });
  });
}

/**
 * Asks the browser which fonts it draws an element's text with: a sign that none of ours has would look otherwise on
 * the next machine. Every sign is looked at once in each family that the element uses.
 */
export async function onlyOurFonts(page: Page, shown: Locator): Promise<void> {
  const families = await shown.evaluate((element) => {
    const seen = new Map<string, Set<string>>();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent) continue;
      const family = getComputedStyle(parent).fontFamily;
      const found = seen.get(family) ?? new Set();
      for (const sign of walker.currentNode.nodeValue ?? "") if (sign.trim() !== "") found.add(sign);
      seen.set(family, found);
    }
    for (const [family, signs] of seen) {
      const probe = document.body.appendChild(document.createElement("p"));
      probe.className = "font-probe";
      probe.style.fontFamily = family;
      probe.textContent = [...signs].join(" ");
    }
    return document.fonts.ready.then(() => seen.size);
  });
  const session = await page.context().newCDPSession(page);
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  const probes = { nodeId: root.nodeId, selector: ".font-probe" };
  const { nodeIds } = await session.send("DOM.querySelectorAll", probes);
  const foreign: string[] = [];
  for (const nodeId of nodeIds) {
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    for (const font of fonts)
      if (!font.isCustomFont) foreign.push(`${font.familyName}, ${font.glyphCount} signs`);
  }
  await session.detach();
  await page.evaluate(() => document.querySelectorAll(".font-probe").forEach((probe) => probe.remove()));
  expect(nodeIds.length).toBe(families);
  expect(foreign, "fonts of this machine in the page's text").toEqual([]);
}
