// Strategies by name: what each asks for, what it picks, and that a run's state continues it exactly.
import { describe, expect, it } from "vitest";
import { resolveConfig, type ConfigInput } from "../../config/schema";
import { indices } from "../random";
import { newCurriculum, needsScores, picksPerRound, selectRound, type CurriculumState } from "./pool";

const FACTS = indices(20).map((i) => ({ promptTokens: 20 - i, answerTokens: i, difficulty: i % 4 }));
const SCORES = indices(20).map((i) => (i * 7) % 20);

function curriculum(input: ConfigInput["curriculum"]) {
  return resolveConfig({ curriculum: input }).curriculum;
}

describe("selectRound", () => {
  it("takes the highest for edco and loss", () => {
    for (const strategy of ["edco", "loss"] as const) {
      const got = selectRound(curriculum({ strategy, perRound: 3 }), 1, FACTS, SCORES, newCurriculum(1));
      expect(got.selection.picks.map((pick) => pick.score)).toEqual([19, 18, 17]);
    }
  });

  it("sorts by the facts of a sample", () => {
    const lengths = selectRound(
      curriculum({ strategy: "length", perRound: 4 }),
      1,
      FACTS,
      null,
      newCurriculum(1),
    );
    expect(lengths.selection.picks.map((pick) => pick.score)).toEqual([1, 2, 3, 4]);
    const hard = selectRound(
      curriculum({ strategy: "hard-to-easy", perRound: 5 }),
      1,
      FACTS,
      null,
      newCurriculum(1),
    );
    expect(hard.selection.picks.every((pick) => FACTS[pick.sample]!.difficulty === 3)).toBe(true);
  });

  it("says when the pool must be scored", () => {
    expect(needsScores(curriculum({ strategy: "edco" }), 3)).toBe(true);
    expect(needsScores(curriculum({ strategy: "edco", refresh: "once" }), 3)).toBe(false);
    expect(needsScores(curriculum({ strategy: "edco", refresh: "once" }), 1)).toBe(true);
    expect(needsScores(curriculum({ strategy: "random" }), 1)).toBe(false);
  });

  it("divides the pool where N is left open", () => {
    expect(picksPerRound(curriculum({ perRound: null, rounds: 3 }), 20)).toBe(7);
    expect(picksPerRound(curriculum({ perRound: 64 }), 20)).toBe(20);
  });

  it("goes on from its plain state as if never interrupted", () => {
    const config = curriculum({ strategy: "random", perRound: 6 });
    let straight: CurriculumState = newCurriculum(9);
    let stored: CurriculumState = newCurriculum(9);
    for (let round = 1; round <= 5; round++) {
      straight = selectRound(config, round, FACTS, null, straight).state;
      stored = JSON.parse(JSON.stringify(stored)) as CurriculumState;
      stored = selectRound(config, round, FACTS, null, stored).state;
    }
    expect(stored).toEqual(straight);
  });
});
