// Settings come from a log that may be old or a stranger's: what is not as expected is left out, the rest is kept.
import { expect, it } from "vitest";
import { byRewards, readConfig, strategyOf } from "./config";

it("reads what pictures ask for and keeps the rest as written", () => {
  const config = readConfig({
    name: null,
    adapter: { rank: 8 },
    trainer: { kind: "grpo", rollouts: 8 },
    curriculum: { strategy: "metis", perRound: null, excludeSeen: true },
  });
  expect(config).toMatchObject({ name: null, adapter: { rank: 8 }, trainer: { kind: "grpo", rollouts: 8 } });
  expect(config.curriculum).toMatchObject({ perRound: null, excludeSeen: true });
  expect(strategyOf({ config })).toBe("metis");
  expect(byRewards({ config })).toBe(true);
});

it("takes nothing for granted", () => {
  for (const raw of [null, undefined, 7, "x", [], { curriculum: { strategy: 5 }, trainer: null }]) {
    const config = readConfig(raw);
    expect(strategyOf({ config })).toBe("");
    expect(byRewards({ config })).toBe(false);
  }
});
