// What a race refuses, each with its path, and the budget that each of its runs gets.
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { resolveRace } from "./race";
import { resolveConfig } from "./resolve";

const RACE = { strategies: ["random", "edco"], seeds: [4, 5], cost: "tokens", budget: 12000 };

function refusal(input: unknown): string {
  try {
    resolveRace(input);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LabError);
    return (thrown as LabError).message;
  }
  throw new Error(`accepted: ${JSON.stringify(input)}`);
}

describe("resolveRace", () => {
  it.each([
    [{}, "race: expected an object with strategies, seeds, cost and budget, got nothing"],
    [{ race: [] }, "race: expected an object"],
    [{ race: { ...RACE, seeds: [] } }, "race.seeds: expected a list of different whole numbers ≥ 0, got []"],
    [{ race: { ...RACE, seeds: [1, 1] } }, "race.seeds: expected a list of different whole numbers"],
    [{ race: { ...RACE, seeds: ["1"] } }, "race.seeds: expected a list of different whole numbers"],
    [
      { race: { ...RACE, strategies: ["edco"] } },
      'race.strategies: expected random order ("random") among them',
    ],
    [
      { race: { ...RACE, strategies: ["random", "edca"] } },
      "race.strategies: expected a list of different words out of",
    ],
    [{ race: { ...RACE, cost: "flops" } }, "race.cost: expected one of steps, trainTokens, tokens, seconds"],
    [{ race: { ...RACE, budget: undefined } }, "race.budget: expected a number > 0"],
    [{ race: { ...RACE, budget: 0 } }, "race.budget: expected a number > 0"],
    [{ race: { ...RACE, budget: 1.5 } }, "race.budget: expected a whole number"],
    [{ race: { ...RACE, cost: "steps", budget: 3 } }, "race.budget: expected at least one step a round"],
    [{ race: { ...RACE, sedes: [1] } }, 'race.sedes: unknown setting, did you mean "seeds"?'],
    [
      { race: { ...RACE, strategies: ["random", "metis"] } },
      'race.strategies: "metis" needs trainer.kind "grpo"',
    ],
    [{ race: RACE, budget: { tokens: 10 } }, "budget.tokens: a race has one budget, race.budget"],
    [
      { race: { ...RACE, cost: "steps", budget: 40 }, budget: { steps: 50 } },
      "budget.steps: a race in steps",
    ],
    [{ race: RACE, curriculum: { rounds: "five" } }, "curriculum.rounds: expected a whole number"],
  ])("refuses %j in one sentence with its path", (input, message) => {
    expect(refusal(input)).toContain(message);
    expect(refusal(input).split("\n")).toHaveLength(1);
  });

  it.each([
    ["tokens", { steps: null, tokens: 12000, trainTokens: null, seconds: null, stepsPerRound: 8 }],
    ["trainTokens", { steps: null, tokens: null, trainTokens: 12000, seconds: null, stepsPerRound: 8 }],
    ["seconds", { steps: null, tokens: null, trainTokens: null, seconds: 12000, stepsPerRound: 8 }],
    ["steps", { steps: 12000, tokens: null, trainTokens: null, seconds: null, stepsPerRound: null }],
  ])("gives each run its own budget in %s", (cost, budget) => {
    const { runConfig } = resolveRace({ race: { ...RACE, cost } });
    const config = resolveConfig(runConfig("edco", 5));
    expect(config).toMatchObject({ seed: 5, budget, curriculum: { strategy: "edco" } });
    expect("race" in runConfig("edco", 5)).toBe(false);
  });

  it("keeps the length that the config gives a round", () => {
    const given = { race: RACE, curriculum: { rounds: 5 }, budget: { steps: 160 } };
    expect(resolveRace(given).runConfig("random", 4).budget).toEqual({ tokens: 12000, stepsPerRound: 32 });
    const fixed = { race: RACE, budget: { stepsPerRound: 3 } };
    expect(resolveRace(fixed).runConfig("random", 4).budget).toEqual({ tokens: 12000, stepsPerRound: 3 });
  });

  it("names random order and what is raced against it", () => {
    expect(resolveRace({ race: RACE })).toMatchObject({ against: "random", race: { threshold: 0.7 } });
    const short = resolveRace({ race: { budget: 100 }, curriculum: { strategy: "edco" } });
    expect(short.race).toMatchObject({ strategies: ["random", "edco"], seeds: [1, 2, 3], cost: "tokens" });
  });
});
