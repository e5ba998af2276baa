// The bandit: arms, bonus and credit against values computed by hand.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { Random, indices } from "../random";
import { bound, parts, strategy } from "./ucb";

const FACTS = indices(12).map((i) => ({
  prompt: "",
  promptTokens: 12 - i,
  answerTokens: 1,
  difficulty: null,
}));
const CONFIG = resolveConfig({
  trainer: { kind: "grpo" },
  curriculum: { strategy: "ucb", rounds: 6 },
  budget: { steps: 6 },
});
type State = Parameters<typeof strategy.pick>[0]["state"];

function pick(round: number, state: State, config = CONFIG) {
  const history = { picks: [], scores: null };
  const random = new Random(round, "select");
  return strategy.pick({ config, round, count: 2, facts: FACTS, scores: null, history, random, state });
}

/** A round whose groups all had this mean reward. */
function studied(state: State, meanReward: number): State {
  const groups = [0, 1].map((sample) => ({
    sample,
    prompt: "",
    variance: 0,
    meanReward,
    rewards: [],
    advantages: [],
    part: 0,
    trained: true,
    features: null,
  }));
  return strategy.learn!(state, { config: CONFIG, groups, rewards: [] });
}

describe("UCB", () => {
  it("parts the pool into equal arms, low keys first", () => {
    expect(parts([3, 1, 2, null, 1], 2)).toEqual([
      [1, 4],
      [2, 0],
    ]);
    expect(parts(indices(10), 3).map((part) => part.length)).toEqual([3, 4, 3]);
  });

  it("adds √(c ln N / n) to an arm's value", () => {
    // √(2 ln 5 / 2) = √1.609438 = 1.268636
    expect(bound({ rounds: 2, value: 0.5 }, 5, 2)).toBeCloseTo(1.768636, 6);
    expect(bound({ rounds: 0, value: 0 }, 5, 2)).toBe(Infinity);
    expect(bound({ rounds: 2, value: 0.5 }, 5, 0)).toBe(0.5);
  });

  it("tries every arm once, then follows the bound", () => {
    let state = strategy.begin!(1);
    const rewards = [0.2, 0.9, 0.4];
    const order: number[] = [];
    for (let round = 1; round <= 6; round++) {
      const chosen = pick(round, state);
      const arm = chosen.state.current!;
      order.push(arm);
      // Short questions first: the pool is written long to short.
      const lowest = 8 - 4 * arm;
      for (const { sample } of chosen.selection.picks) {
        expect(sample).toBeGreaterThanOrEqual(lowest);
        expect(sample).toBeLessThan(lowest + 4);
      }
      state = studied(chosen.state, rewards[arm]);
    }
    // After three rounds the bonus is √(2 ln 3) = 1.482 for all: the second arm. Then √(2 ln 4 / 1) = 1.665 against
    // 0.9 + √(2 ln 4 / 2) = 2.077: 1.865, 2.077, 2.065, the second again. Then √(2 ln 5) = 1.794 against
    // 0.9 + √(2 ln 5 / 3) = 1.936: 1.994, 1.936, 2.194, the third.
    expect(order).toEqual([0, 1, 2, 1, 1, 2]);
  });

  it("draws no sample of an arm again before all of it have come", () => {
    const config = resolveConfig({
      trainer: { kind: "grpo" },
      curriculum: { strategy: "ucb" },
      ucb: { arms: 2, width: 0, split: "position" },
    });
    let state = strategy.begin!(1);
    const seen: number[] = [];
    for (let round = 1; round <= 4; round++) {
      const chosen = pick(round, state, config);
      if (chosen.state.current === 0) seen.push(...chosen.selection.picks.map(({ sample }) => sample));
      state = studied(chosen.state, chosen.state.current === 0 ? 1 : 0);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("says in the log which arm was studied, and why", () => {
    const first = pick(1, strategy.begin!(1));
    expect(first.note).toBe("Round 1: arm 1 of 3 by question-length, tried for the first time.");
    expect(JSON.parse(JSON.stringify(first.state))).toEqual(first.state);
  });

  it("has nothing to pick where no sample has a difficulty", () => {
    const config = resolveConfig({
      trainer: { kind: "grpo" },
      curriculum: { strategy: "ucb" },
      ucb: { split: "difficulty" },
    });
    expect(pick(1, strategy.begin!(1), config).selection.picks).toEqual([]);
  });
});
