// The arena: one record a pool from logs whose costs are known by hand, and a page that says nothing else. The committed page is
// that of the committed record.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RunEventOf } from "../lib/events";
import { ABOUT, arenaPage, arenaPool, type Arena } from "./arena";
import { multiplesOf } from "./multiples";
import type { Second } from "./second";
import { begun, ofTen, scored, tested, trained } from "./testing/log";

const rows = (name: string) => ({ name, rows: 1, hash: `${name}-hash` });
const started: RunEventOf<"run.started"> = {
  atMs: 0,
  type: "run.started",
  runId: "r",
  name: "r",
  seed: 1,
  config: { curriculum: { rounds: 2, perRound: 4 } },
  environment: { adapter: "any", browser: "Chrome/1" },
  identity: {
    train: rows("pool"),
    test: rows("test"),
    weights: { name: "w", hash: "w" },
    code: "0.1.0",
  } as never,
  planned: { rounds: 2, steps: 2, scoredPerRound: 0 },
};
/** Two steps of 100 tokens with so many of ten right before and after; `choosing` tokens go before the first. */
function log(strategy: string, seed: number, right: number[], choosing = 0) {
  const steps = [1, 2].flatMap((step) => [trained(step, [0], 100), tested(step, ofTen(right[step]))]);
  const [, pool] = begun(["a"], 10);
  const chose = choosing === 0 ? [] : [scored(choosing)];
  return { strategy, seed, events: [started, pool, tested(0, ofTen(right[0])), ...chose, ...steps] };
}

const race = { budget: 2, threshold: 0.7 };
const logs = [1, 2, 3].flatMap((seed) => [
  log("random", seed, [2, 3, 4 + seed]),
  log("scout", seed, [2, 7, 8 + (seed % 2)]),
  log("edco", seed, [2, 8, 9], 200),
]);

describe("the arena", () => {
  const pool = arenaPool("pool", race, started, logs);
  const difference = (cost: "steps" | "tokens", strategy: string, measure: string) =>
    pool.byCost[cost].pairs.find((pair) => pair.strategy === strategy && pair.measure === measure)!
      .difference;

  it("compares at equal steps, and at what random order spends", () => {
    expect(pool.byCost.steps.budget).toBe(2);
    expect(pool.byCost.tokens.budget).toBe(200);
    // Random: ends 5, 6, 7 of 10; edco: 9 each, of which 200 tokens of choosing leave nothing.
    expect(difference("steps", "edco", "end")).toBeCloseTo(0.3, 12);
    expect(difference("tokens", "edco", "end")).toBeCloseTo(-0.4, 12);
    expect(difference("tokens", "scout", "area")).toBeCloseTo(difference("steps", "scout", "area")!, 12);
  });

  it("says who is ahead only where the whole interval says so, and counts the rest", () => {
    const page = arenaPage({ about: ABOUT, pools: [pool] });
    const [, steps, tokens] = page.split("## At equal ");
    expect(steps).toContain(
      "Ahead of random order by the whole interval of the area: scout on _pool_ and EDCO on _pool_.",
    );
    expect(tokens).toContain("Behind it: EDCO on _pool_.");
    expect(tokens).toMatch(/\| pool \| EDCO \| 3 \| −\d/);
    const one = arenaPool("pool", race, started, logs.slice(0, 3));
    expect(arenaPage({ about: ABOUT, pools: [one] })).toContain("No order is ahead of random order");
  });

  it("tells the median cost of the threshold, or that half the runs never had it", () => {
    const page = arenaPage({ about: ABOUT, pools: [pool] });
    // Random reaches 70 % in one seed of three.
    expect(page).toContain("| 1 / not reached |");
  });

  it("is the committed page of the committed record", () => {
    const arena = JSON.parse(readFileSync("docs/results/arena.json", "utf8")) as Arena;
    const second = JSON.parse(readFileSync("docs/results/arena-pytorch.json", "utf8")) as Second;
    expect(readFileSync("docs/results/arena.md", "utf8")).toBe(
      arenaPage(arena, second, readFileSync("docs/results/arena-notes.md", "utf8")),
    );
    expect(JSON.parse(readFileSync("public/races.json", "utf8"))).toEqual(multiplesOf(arena, second));
  });
});
