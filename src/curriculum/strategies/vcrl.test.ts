// VCRL: the bank's priorities by hand, and what a step leaves out and brings back.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { groupOf, keepAsk } from "../testing/prompts";
import { byPriority, remembered, strategy } from "./vcrl";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", samplesPerBatch: 3 },
  curriculum: { strategy: "vcrl" },
  budget: { steps: 10 },
});
const HALF = [1, 1, 0, 0];
const QUARTER = [1, 0, 0, 0];
const ALL = [1, 1, 1, 1];
const TERMS = { threshold: 0.5, momentum: 0.9, bank: 10 };

describe("VCRL", () => {
  it("remembers prompts that vary enough, and forgets those that no longer do", () => {
    let bank = remembered({}, [groupOf(4, HALF), groupOf(5, QUARTER), groupOf(6, ALL)], TERMS);
    expect(bank).toEqual({ 4: 1, 5: 0.75 });
    bank = remembered(bank, [groupOf(4, QUARTER), groupOf(5, ALL)], TERMS);
    expect(Object.keys(bank)).toEqual(["4"]);
    expect(bank[4]).toBeCloseTo(0.9 + 0.1 * 0.75, 12);
  });

  it("keeps the highest priorities where the bank is full, equal ones by their place", () => {
    const groups = [7, 3, 5].map((sample) => groupOf(sample, HALF));
    expect(remembered({ 1: 0.6 }, groups, { ...TERMS, bank: 2 })).toEqual({ 3: 1, 5: 1 });
    expect(remembered({}, groups, { ...TERMS, bank: 0 })).toEqual({});
    expect(byPriority({ 9: 0.5, 2: 0.5, 4: 0.8 })).toEqual([4, 2, 9]);
  });

  it("brings back as many prompts as it leaves out, and trains these whatever they show", () => {
    const state = { bank: { 8: 0.7, 2: 0.9, 1: 0.8 }, replayed: [] };
    const groups = [groupOf(0, ALL), groupOf(1, HALF), groupOf(3, [0, 0, 0, 0])];
    const first = strategy.keep!(keepAsk(CONFIG, groups, state));
    expect(first.again).toEqual([2, 8]);
    const more = [...groups, groupOf(2, ALL), groupOf(8, QUARTER)];
    const then = strategy.keep!(keepAsk(CONFIG, more, first.state, { times: 2 }));
    expect(then).toMatchObject({ kept: [1, 3, 4], again: [] });
    const after = strategy.learn!(then.state, { config: CONFIG, groups: more, rewards: [] });
    expect(Object.keys(after.bank)).toEqual(["1", "8"]);
    expect(after.replayed).toEqual([]);
  });

  it("trains what there is where nothing is remembered", () => {
    const groups = [groupOf(0, ALL), groupOf(1, ALL)];
    expect(strategy.keep!(keepAsk(CONFIG, groups, strategy.begin!(1)))).toMatchObject({
      kept: [],
      again: [],
    });
  });
});
