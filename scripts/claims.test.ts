// README and docs agree with the results: a figure that was changed on either side fails here.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as stats from "../src/curriculum/paired";
import { BLOCKS, blocksIn, readResults, regenerated } from "./claims";
import { bySide, decimal, difference, paragraph, points, span, there, type Difference } from "./claims/words";

const results = readResults();
const files = Object.entries(BLOCKS);

describe.each(files)("%s", (file, blocks) => {
  const text = readFileSync(file, "utf8");
  it("says what the results say (npx tsx scripts/claims.ts --write)", async () => {
    expect(text).toBe(await regenerated(text, blocks, results, stats));
  });
  it("has every block once, and none that nobody computes", () => {
    expect(blocksIn(text).sort()).toEqual(Object.keys(blocks).sort());
  });
  it.each(Object.keys(blocks))("does not pass with another figure in %s", async (name) => {
    const start = text.indexOf(`<!-- claims:${name} -->`) + name.length + 16;
    const at = start + text.slice(start).search(/\d/);
    const wrong = text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1);
    expect(wrong).not.toBe(await regenerated(wrong, blocks, results, stats));
  });
});

/** Sections of notes: each a measurement made once, kept as it was written, and said to be so. */
const NOTES: Record<string, string[]> = {
  "docs/performance.md": [
    "Where a LoRA step goes",
    "What SwiftShader charges for",
    "What it compiles to",
    "What each step gave",
    "Variants of the frozen matmul",
  ],
  "docs/science.md": ["A real model"],
};

describe("tables of figures", () => {
  it.each(files)("stand in computed blocks or in sections of notes: %s", (file) => {
    let section = "";
    let computed = false;
    const loose: string[] = [];
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (/^#/.test(line)) section = line.replace(/^#+ /, "");
      if (line.startsWith("<!-- ")) computed = line.startsWith("<!-- claims:");
      const figures = /^\|.*\d+(\.\d+)? ?(%|×|s|ms|±|\||…)/.test(line);
      if (figures && !computed && !NOTES[file]?.includes(section)) loose.push(`${section}: ${line}`);
    }
    expect(loose).toEqual([]);
  });
});

describe("other results", () => {
  const readme = () => regenerated(readFileSync("README.md", "utf8"), BLOCKS["README.md"], changed, stats);
  let changed = structuredClone(results);

  it("give other figures", async () => {
    changed = structuredClone(results);
    there(changed.comparisons.rows.find((row) => row.story === "needle")).bySteps[3].difference += 0.01;
    const text = await readme();
    expect(text).not.toBe(readFileSync("README.md", "utf8"));
  });

  it("turn the sentence with the sign", async () => {
    changed = structuredClone(results);
    const [metis, random] = ["metis K=3 lambda=0.01", "random"].map((name) =>
      there(changed.rewards.rows.find(({ strategy }) => strategy === name)),
    );
    [metis.measures, random.measures] = [random.measures, metis.measures];
    const text = (await readme()).replace(/\s+/g, " ");
    const before = readFileSync("README.md", "utf8").replace(/\s+/g, " ");
    const word = (of: string) => there(/METIS's groups have ([\w ]+) reward variance/.exec(of))[1];
    expect([word(before), word(text)].sort()).not.toEqual(["more", "more"]);
    if (word(before) === "more") expect(word(text)).toBe("less");
  });
});

describe("words", () => {
  const t = (mean: number, low: number, high: number): Difference => ({ mean, interval: [low, high] });
  it("write figures as the documents do", () => {
    expect([decimal(0.0847), decimal(-0.06, 2), decimal(null)]).toEqual([".085", "−.06", "–"]);
    expect(points(t(0.2977, -0.0038, 0.5993))).toBe("+29.8 [−0.4, 59.9]");
    expect(difference(t(0.0178, 0.007, 0.0286))).toBe("+.018 [.007, .029]");
    expect(difference(t(-0.0001, -0.004, 0.003))).toBe(".000 [−.004, .003]");
    expect([span([41, 41]), span([12, 8])]).toEqual(["41", "8 to 12"]);
  });
  it("name a side only where the interval leaves 0 out", () => {
    const word = (value: Difference) => bySide(value, "above", "below", "level");
    expect([t(1, 0.5, 2), t(-1, -2, -0.5), t(1, -0.1, 2), t(1, 0, 2)].map(word)).toEqual([
      "above",
      "below",
      "level",
      "level",
    ]);
    expect(word({ mean: 3, interval: null })).toBe("level");
  });
  it("break lines at 120 characters and never before what Markdown takes for a list", () => {
    const lines = paragraph(`${"word ".repeat(23)}three - 4. more ${"word ".repeat(30)}`, "- ", "  ").split(
      "\n",
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(125);
    for (const line of lines.slice(1)) expect(line).not.toMatch(/^\s*([-+*#>]|\d+[.)])\s/);
  });
});
