// E2H: both schedules against values by hand, and the levels that draws come from.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices, Random } from "../random";
import { drawAsk, poolOf, viewOf } from "../testing/prompts";
import { cosine, gaussian, strategy } from "./e2h";

const configOf = (e2h: object) =>
  resolveConfig({
    trainer: { kind: "grpo", samplesPerBatch: 4 },
    curriculum: { strategy: "e2h" },
    e2h,
    budget: { steps: 10 },
  });
const close = (got: number[], wanted: number[]) => got.forEach((x, i) => expect(x).toBeCloseTo(wanted[i], 6));

describe("E2H", () => {
  it("turns the cosine schedule from easy to hard", () => {
    close(cosine(0, 4), [0.4, 0.3, 0.2, 0.1]);
    close(cosine(0.5, 4), [0.25, 0.25, 0.25, 0.25]);
    close(cosine(1, 4), [0.1, 0.2, 0.3, 0.4]);
  });

  it("moves the bell over the levels", () => {
    // At the start the centre is level 0: 1, e^−2, e^−8 with σ = 1/2.
    const sum = 1 + Math.exp(-2) + Math.exp(-8);
    close(gaussian(0, 3, 1, 0.5), [1 / sum, Math.exp(-2) / sum, Math.exp(-8) / sum]);
    // √¼ of two levels: the middle one.
    close(
      gaussian(0.25, 3, 0.5, 0.5),
      [Math.exp(-2), 1, Math.exp(-2)].map((w) => w / (1 + 2 * Math.exp(-2))),
    );
  });

  it("gives chances also where the bell is narrow and between levels", () => {
    close(gaussian(0.5, 4, 1, 0.05), [0, 0.5, 0.5, 0]);
    close(gaussian(0.3, 1, 1, 0.05), [1]);
  });

  it("draws easy prompts at the start and hard ones at the end", () => {
    const config = configOf({ width: 0.05 });
    const pool = poolOf(indices(40).map((i) => i % 4));
    const levelsAt = (progress: number) =>
      strategy.draw!(drawAsk(config, pool, strategy.begin!(1), { progress })).samples.map(
        (sample) => sample % 4,
      );
    expect(levelsAt(0)).toEqual([0, 0, 0, 0]);
    expect(levelsAt(1)).toEqual([3, 3, 3, 3]);
  });

  it("takes each sample of a level once before any comes again", () => {
    const config = configOf({ width: 0.05, schedule: "gaussian" });
    const pool = poolOf(indices(32).map((i) => i % 4));
    let state = strategy.begin!(1);
    const seen: number[] = [];
    const random = new Random(5, "prompts");
    for (let step = 0; step < 2; step++) {
      const drawn = strategy.draw!(drawAsk(config, pool, state, { random }));
      seen.push(...drawn.samples);
      state = drawn.state;
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(strategy.explain!(viewOf(config, pool, seen, state), 4)).toMatch(
      /^level 1 of 4, which now has 100 %/,
    );
  });

  it("finds nothing in a pool without difficulties, and all of a pool smaller than a step", () => {
    const config = configOf({});
    expect(strategy.draw!(drawAsk(config, poolOf([null, null]), strategy.begin!(1))).samples).toEqual([]);
    expect(strategy.draw!(drawAsk(config, poolOf([2]), strategy.begin!(1))).samples).toEqual([0]);
  });
});
