// docs/strategies.md names every strategy, and none that is not there.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { STRATEGY_NAMES } from "./registry";

describe("docs/strategies.md", () => {
  it("lists every strategy once, in a first column", () => {
    const rows = readFileSync("docs/strategies.md", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    const listed = rows.flatMap((line) =>
      [...line.split("|")[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
    expect(listed.sort()).toEqual([...STRATEGY_NAMES].sort());
  });
});
