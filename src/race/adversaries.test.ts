// Adversaries: the bound in rows, and a table that counts against it and compares with the right random order.
import { describe, expect, it } from "vitest";
import { adversariesText, boundOf, type AdversaryRun } from "./adversaries";

const run = (pool: string, seed: number, end: number, rows: AdversaryRun["rows"]): AdversaryRun => ({
  pool,
  strategy: rows ? "scout" : "random",
  seed,
  torch: "2",
  curve: [
    [0, 0, 0, 0],
    [40, 320, 320, end],
  ],
  rows,
});
const random = [1, 2].map((seed) => run("needle", seed, 0.5, null));

describe("adversaries", () => {
  it("allow four steps and one row in twenty", () => {
    expect(boundOf(40, 8)).toBe(48);
    expect(boundOf(160, 8)).toBe(96);
  });

  it("are compared with random order on the same pool", () => {
    const own = [1, 2].map((seed) =>
      run("needle, inverted", seed, 0.4 + 0.02 * seed, [47, 40 + seed, 40, 8]),
    );
    const noise = [run("all-noise", 1, 0.1, null), run("all-noise", 1, 0.2, [160, 0, 40, 8])];
    const text = adversariesText([...random, ...own, ...noise]);
    expect(text).toContain("The bound held in every run.");
    // Ends 8 and 6 points below: areas 4 and 3.
    expect(text).toMatch(/\| needle, inverted \| 2 \| 40 \| 15 % \| 42 of 48 \| −3\.5 \[/);
    expect(text).toMatch(/\| all-noise \| 1 \| 40 \| 50 % \| 0 of 48 \| \+5\.0 \|/);
  });

  it("say where the bound is broken", () => {
    const text = adversariesText([...random, run("needle, one", 1, 0.5, [60, 49, 40, 8])]);
    expect(text).toContain("The bound was broken in 1 of 1 cases.");
  });
});
