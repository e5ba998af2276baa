// No strategy is named outside its own file: everything else asks the registry, or the data of the recorded runs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { STRATEGY_NAMES } from "./registry";

/** Where a name in quotes is at home, and why. */
const ALLOWED: readonly [path: RegExp, why: string][] = [
  [/^src\/curriculum\/strategies\//, "the strategies themselves"],
  [/\.(test|gpu)\.ts$|\/testing\/|__snapshots__|\.fixture\./, "tests"],
  [
    /^scripts\/(short-run|node-run|resume-run|reward-run|import-run|tabs|test-parts)\.ts$/,
    "tests that run whole browsers",
  ],
  [/^scripts\/(base-model|golden|smollm2|data)\//, "PyTorch's side, with names of its own"],
  [/^src\/config\/(presets|recorded)\.ts$|^scripts\/recorded\.ts$/, "data of the recorded stories"],
  [/^src\/curriculum\/(registry|candidates|strategy|setting)\.ts$/, "random order; the group of settings"],
  [/^src\/conformance\/checks\/policy\.ts$/, "the prefix of tensors in golden cases"],
];

/** Names that are also words for other things: searched for only where a strategy is meant. */
const ALSO_WORDS = new Set(["random", "uniform", "shuffled", "length", "loss", "perplexity", "running-mean"]);

const own = STRATEGY_NAMES.filter((name) => !ALSO_WORDS.has(name));
const quoted = new RegExp(`(["'\`])(${own.join("|")})\\1`);
const chosen = new RegExp(`strategy["']?\\s*(?::|===?|!==?)\\s*(["'\`])(${STRATEGY_NAMES.join("|")})\\1`);

/** The lines of a text that name a strategy. */
const naming = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && (quoted.test(line) || chosen.test(line)));

describe("names of strategies", () => {
  it("are found where they stand", () => {
    expect(naming('const a = "edco";')).toHaveLength(1);
    expect(naming('curriculum: { strategy: "random" },')).toHaveLength(1);
    expect(naming('if (config.strategy === "uniform") {')).toHaveLength(1);
    expect(naming('reason: "random",\n// "edco" in a comment\nconst METIS = 1;')).toEqual([]);
  });

  it.each(["src", "shaders", "scripts", "bench"])("stand nowhere else in %s", (folder) => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((file) => join(folder, file).replaceAll("\\", "/"))
      .filter((file) => /\.(ts|tsx|wgsl)$/.test(file) && !ALLOWED.some(([path]) => path.test(file)));
    const found = files.flatMap((file) =>
      naming(readFileSync(file, "utf8")).map((line) => `${file}: ${line.trim()}`),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });
});
