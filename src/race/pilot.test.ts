// The pilot: its runs from a config, and its answer from logs whose costs are known by hand.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/resolve";
import { pilotAnswer, pilotRace, pilotSteps, type PilotLog } from "./pilot";
import { begun, ofTen, scored, tested, trained } from "./testing/log";

/** Two steps of 100 tokens, right answers of 10 before and after each; scores first for 200 where it scores. */
function log(strategy: string, seed: number, right: number[], scores = false): PilotLog {
  const steps = [1, 2].flatMap((step) => [trained(step, [0], 100), tested(step, ofTen(right[step]))]);
  const choosing = scores ? [scored(200)] : [];
  return { strategy, seed, events: [...begun(["a"], 10), tested(0, ofTen(right[0])), ...choosing, ...steps] };
}

describe("the runs of a pilot", () => {
  const config = {
    curriculum: { strategy: "edco", rounds: 5, perRound: 64 },
    budget: { steps: 40 },
    seed: 7,
  };

  it("picks as often for its steps as the whole run", () => {
    expect(pilotSteps(config)).toBe(24);
    expect(pilotSteps({ ...config, budget: { steps: 160 } })).toBe(64);
    expect(pilotSteps({})).toBe(24);
    expect(pilotSteps(config, 1)).toBe(16);
  });

  it("is an ordinary run a seed and order", () => {
    const { race, runConfig } = pilotRace(config, { strategy: "scout", steps: 24, seeds: 3 });
    expect(race.seeds).toEqual([7, 8, 9]);
    expect(race.strategies).toEqual(["random", "scout"]);
    const run = resolveConfig(runConfig("scout", 8));
    expect(run.curriculum).toMatchObject({ strategy: "scout", rounds: 3, perRound: 64 });
    expect(run.budget.steps).toBe(24);
    expect(run.seed).toBe(8);
  });

  it("leaves a budget in tokens aside", () => {
    const { runConfig } = pilotRace({ budget: { tokens: 1000 } }, { strategy: "scout", steps: 16, seeds: 1 });
    expect(resolveConfig(runConfig("random", 1)).budget).toMatchObject({ tokens: null, steps: 16 });
  });

  it("names the setting at fault", () => {
    expect(() => pilotRace({ adapter: { rank: 0 } }, { strategy: "scout", steps: 16, seeds: 1 })).toThrow(
      "adapter.rank",
    );
  });
});

describe("the answer of a pilot", () => {
  const random = [1, 2, 3].map((seed) => log("random", seed, [2, 2, 4]));

  it("is none before both orders have a seed", () => {
    expect(pilotAnswer(random, "scout")).toBeNull();
    expect(pilotAnswer([log("scout", 9, [2, 4, 6]), ...random], "scout")).toBeNull();
  });

  it("says that an order pays where the whole interval is above 0", () => {
    const own = [1, 2, 3].map((seed) => log("scout", seed, [2, 6, 7 + (seed % 2)]));
    const answer = pilotAnswer([...random, ...own], "scout")!;
    expect(answer.verdict).toBe("pays");
    // Random: (2 + 2)/2, (2 + 4)/2 of 10: mean 25 %. Seeds 1 and 3: 4, 7; seed 2: 4, 6.5: means 55, 52.5 %.
    expect(answer.lines[1].area.difference).toBeCloseTo((0.3 + 0.275 + 0.3) / 3, 12);
    expect(answer.sentence).toContain(
      "While 200 tokens are spent, scout has 29.2 points more of the test right than random order",
    );
    expect(answer.sentence).toMatch(/\(mean of 3 seeds, 95 % interval .*\): it pays here\.$/);
    expect(answer.price).toMatch(/^The pilot took 6 runs, 1,200 tokens and \d+ s besides its tests\./);
    expect(answer.price).toContain("scout spends 0 % of its tokens on choosing.");
  });

  it("counts what choosing costs: ahead by steps, behind by tokens", () => {
    const own = [1, 2, 3].map((seed) => log("edco", seed, [2, 6, 8], true));
    const [steps, tokens] = pilotAnswer([...random, ...own], "edco")!.lines;
    expect(steps.area.difference).toBeCloseTo(0.3, 12);
    // All 200 tokens go into scoring: the test before training is all that the budget buys.
    expect(tokens.end.difference).toBeCloseTo(-0.2, 12);
    const answer = pilotAnswer([...random, ...own], "edco")!;
    expect(answer.verdict).toBe("loses");
    expect(answer.price).toContain("EDCO spends 50 % of its tokens on choosing.");
  });

  it("calls nothing where seeds disagree, or there is but one", () => {
    const mixed = [log("scout", 1, [2, 6, 8]), log("scout", 2, [2, 0, 1]), log("scout", 3, [2, 3, 5])];
    expect(pilotAnswer([...random, ...mixed], "scout")!.verdict).toBe("unclear");
    const one = pilotAnswer([random[0], mixed[0]], "scout")!;
    expect(one.verdict).toBe("unclear");
    expect(one.sentence).toContain("one seed, which names no winner");
  });
});
