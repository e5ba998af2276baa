// Strategies that pick by rounds: what each asks for, what it picks, and that a run's state continues it exactly.
import { describe, expect, it } from "vitest";
import { resolveConfig, type ConfigInput, type ResolvedConfig } from "../config/schema";
import { indices } from "./random";
import { fromEarlier } from "./earlier";
import { strategyNamed } from "./registry";
import { newCurriculum, needsScores, selectRound, type CurriculumState } from "./rounds";
import { picksPerRound } from "./select";

const FACTS = indices(20).map((i) => ({
  prompt: "",
  promptTokens: 20 - i,
  answerTokens: i,
  difficulty: i % 4,
}));
const SCORES = indices(20).map((i) => (i * 7) % 20);

function config(curriculum: ConfigInput["curriculum"], seed = 1): ResolvedConfig {
  return resolveConfig({ curriculum, seed });
}

function pick(
  given: ResolvedConfig,
  round: number,
  scores: number[] | null,
  state: CurriculumState = newCurriculum(given),
) {
  const strategy = strategyNamed(given.curriculum.strategy);
  if (strategy.chooses !== "rounds") throw new Error(`${strategy.name} does not pick by rounds`);
  return selectRound(strategy, given, round, FACTS, scores, state);
}

describe("selectRound", () => {
  it("takes the highest for edco and loss", () => {
    for (const strategy of ["edco", "loss"] as const) {
      const got = pick(config({ strategy, perRound: 3 }), 1, SCORES);
      expect(got.selection.picks.map((pick) => pick.score)).toEqual([19, 18, 17]);
    }
  });

  it("sorts by the facts of a sample", () => {
    const lengths = pick(config({ strategy: "length", perRound: 4 }), 1, null);
    expect(lengths.selection.picks.map((pick) => pick.score)).toEqual([1, 2, 3, 4]);
    const hard = pick(config({ strategy: "hard-to-easy", perRound: 5 }), 1, null);
    expect(hard.selection.picks.every((pick) => FACTS[pick.sample]!.difficulty === 3)).toBe(true);
  });

  it("says when the pool must be scored", () => {
    const needs = (given: ConfigInput["curriculum"], round: number) =>
      needsScores(config(given).curriculum, round);
    expect(needs({ strategy: "edco" }, 3)).toBe(true);
    expect(needs({ strategy: "edco", refresh: "once" }, 3)).toBe(false);
    expect(needs({ strategy: "edco", refresh: "once" }, 1)).toBe(true);
    expect(needs({ strategy: "random" }, 1)).toBe(false);
  });

  it("divides the pool where N is left open", () => {
    expect(picksPerRound(config({ perRound: null, rounds: 3 }).curriculum, 20)).toBe(7);
    expect(picksPerRound(config({ perRound: 64 }).curriculum, 20)).toBe(20);
  });

  it("goes on from its plain state as if never interrupted", () => {
    const given = config({ strategy: "random", perRound: 6 }, 9);
    let straight: CurriculumState = newCurriculum(given);
    let stored: CurriculumState = newCurriculum(given);
    for (let round = 1; round <= 5; round++) {
      straight = pick(given, round, null, straight).state;
      stored = JSON.parse(JSON.stringify(stored)) as CurriculumState;
      stored = pick(given, round, null, stored).state;
    }
    expect(stored).toEqual(straight);
  });

  it("goes on from the state of a checkpoint made before strategies kept their own", () => {
    const given = config({ strategy: "random", perRound: 6 }, 9);
    const { own, ...rest } = pick(given, 1, null).state;
    const { queue } = own as { queue: number[] };
    const record = { memory: [], meanVariance: 0.1, lastVariance: {}, value: {} };
    const restored = fromEarlier({
      curriculum: { ...rest, randomQueue: queue },
      metis: { ...record, baseline: 0.5 },
      head: { weights: [1] },
    });
    expect(restored.record).toEqual(record);
    expect(restored.curriculum.own).toMatchObject({ baseline: 0.5, weights: [1] });
    expect(pick(given, 2, null, restored.curriculum).selection).toEqual(
      pick(given, 2, null, { ...rest, own }).selection,
    );
  });
});
