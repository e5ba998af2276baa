// EDCO with a ratchet: what shuts a neighbourhood, that it stays shut, and that nothing else is shut.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { Random, indices } from "../random";
import { meansOf, strategy } from "./edco-ratchet";

const WORDS = ["antenna gain of a dipole", "dose of a syrup for children", "term of a rented flat"];
/** Three skills of ten rows each, told apart by their words. */
const FACTS = indices(30).map((i) => ({
  prompt: `${WORDS[i % 3]} ${i}`,
  promptTokens: 5,
  answerTokens: 1,
  difficulty: null,
}));
const configOf = (ratchet = {}) =>
  resolveConfig({
    curriculum: { strategy: "edco-ratchet", rounds: 4, perRound: 6 },
    budget: { steps: 4 },
    ratchet: { parts: 3, random: 0, ...ratchet },
  });
type State = Parameters<typeof strategy.pick>[0]["state"];

/** A round in which every row of a skill has the same entropy; skills picked so far are given by their rows. */
function pick(levels: number[], state: State, earlier: number[][] = [], config = configOf()) {
  const scores = FACTS.map((_, i) => levels[i % 3]);
  return strategy.pick({
    config,
    round: earlier.length + 1,
    count: 6,
    facts: FACTS,
    scores,
    history: { picks: earlier, scores: null },
    random: new Random(earlier.length, "select"),
    state,
  });
}
const picked = (found: ReturnType<typeof pick>) => found.selection.picks.map(({ sample }) => sample);
const skills = (found: ReturnType<typeof pick>) => new Set(picked(found).map((sample) => sample % 3));

describe("EDCO with a ratchet", () => {
  it("takes means of what was scored", () => {
    expect(meansOf([0, 1, 0, 2], [1, null, 3, NaN], 3)).toEqual([2, null, null]);
  });

  it("bears a pool larger than a call has arguments, and a round that picks most of it", () => {
    const size = 150_000;
    const facts = indices(size).map(() => FACTS[0]);
    const config = configOf({ parts: 1 });
    const history = { picks: [], scores: null };
    const ask = { config, round: 1, count: 140_000, facts, scores: facts.map((_, i) => i), history };
    const state = { ...strategy.begin!(1), of: indices(size).map(() => 0) };
    const { selection } = strategy.pick({ ...ask, random: new Random(1, "select"), state });
    expect(selection.picks).toHaveLength(140_000);
    expect(selection.threshold).toBe(10_000);
  });

  it("is EDCO before anything was trained", () => {
    const first = pick([1, 3, 2], strategy.begin!(1));
    expect(skills(first)).toEqual(new Set([1]));
    expect(first.note).toBe(
      "Round 1: 0 of 3 neighbourhoods shut, whose entropy rose by 0.5 or more after they were trained.",
    );
  });

  it("shuts what was trained and rose, and keeps it shut", () => {
    const first = pick([1, 3, 2], strategy.begin!(1));
    const stored = JSON.parse(JSON.stringify(first.state)) as State;
    const second = pick([1, 3.6, 2], stored, [picked(first)]);
    expect(skills(second)).toEqual(new Set([2]));
    // It falls below its first mean again, and yet.
    const third = pick([0.1, 2.9, 0.2], second.state, [picked(first), picked(second)]);
    expect(skills(third)).toEqual(new Set([2]));
    expect(third.note).toContain("1 of 3");
  });

  it("shuts nothing that rose less, or that was not trained", () => {
    const first = pick([1, 3, 2], strategy.begin!(1));
    expect(skills(pick([1, 3.4, 2], first.state, [picked(first)]))).toEqual(new Set([1]));
    expect(skills(pick([1, 0.5, 4], first.state, [picked(first)]))).toEqual(new Set([2]));
  });

  it("draws its share at random from all, shut ones included", () => {
    const config = configOf({ random: 0.5 });
    const first = pick([1, 3, 2], strategy.begin!(1), [], config);
    const reasons = first.selection.picks.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === "exploration")).toHaveLength(3);
    const many = indices(40).flatMap((seed) => {
      const scores = FACTS.map(() => 9);
      const history = { picks: [indices(30), ...indices(seed).map(() => [])], scores: null };
      const state: State = { ...first.state, shut: [true, true, true] };
      const ask = { config, round: 2, count: 6, facts: FACTS, scores, history, state };
      return strategy.pick({ ...ask, random: new Random(seed, "select") }).selection.picks;
    });
    // All are shut: what is left is the random share.
    expect(many).toHaveLength(40 * 3);
    expect(new Set(many.map(({ sample }) => sample % 3))).toEqual(new Set([0, 1, 2]));
  });
});
