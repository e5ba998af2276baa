// LZE: the energy by hand, what is remembered of a prompt, and which groups are trained.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { Random, indices } from "../random";
import { drawAsk, groupOf, keepAsk, poolOf } from "../testing/prompts";
import { afterGroup, energyOf, highestEnergies, strategy, type LzeState } from "./lze";

const CONFIG = resolveConfig({
  trainer: { kind: "grpo", samplesPerBatch: 5 },
  curriculum: { strategy: "lze" },
  budget: { steps: 10 },
});

describe("LZE", () => {
  it("multiplies first difficulty, learning zone and change", () => {
    const seen = { difficulty: 0.75, average: 0.25, solved: 0 };
    // p = ½: 0.75 · 4 · ¼ · (1 + 0.3 · min(1, 2 · ¼))
    expect(energyOf(groupOf(0, [1, 0]), seen, 0.3)).toBeCloseTo(0.75 * 1.15, 12);
    // New: difficulty 1 − ¼, no change yet.
    expect(energyOf(groupOf(0, [1, 0, 0, 0]), undefined, 0.3)).toBeCloseTo(0.75 * 0.75, 12);
    expect(energyOf(groupOf(0, [1, 1]), seen, 0.3)).toBe(0);
    // Graded alike: the mean is one half, and nothing can be learnt.
    expect(energyOf(groupOf(0, [0.5, 0.5]), seen, 0.3)).toBe(0);
  });

  it("keeps the first difficulty, fades the average, counts solved groups in a row", () => {
    const first = afterGroup({ meanReward: 0.25 }, undefined);
    expect(first).toEqual({ difficulty: 0.75, average: 0.25, solved: 0 });
    const second = afterGroup({ meanReward: 1 }, first);
    expect(second.average).toBeCloseTo(0.9 * 0.25 + 0.1, 12);
    expect(second).toMatchObject({ difficulty: 0.75, solved: 1 });
    expect(afterGroup({ meanReward: 0.9 }, second).solved).toBe(0);
    expect(afterGroup({ meanReward: 1 }, undefined).difficulty).toBe(0.05);
  });

  it("trains the share with the highest energy, none without", () => {
    const random = () => new Random(1, "x");
    expect(highestEnergies([0.1, 0.5, 0, 0.3, 0.2], 0.4, 0, random())).toEqual([1, 3]);
    expect(highestEnergies([0, 0, 0.2], 1, 0, random())).toEqual([2]);
    expect(highestEnergies([0, 0], 0.5, 0.05, random())).toEqual([]);
    const noisy = indices(200).map((seed) => highestEnergies([0.5, 0.4], 0.5, 1, new Random(seed, "x"))[0]);
    expect(new Set(noisy)).toEqual(new Set([0, 1]));
  });

  it("says through keep which groups these are", () => {
    const groups = [
      [1, 1],
      [1, 0],
      [0, 0],
      [1, 0, 0, 0],
      [1, 1, 1, 0],
    ].map((r, i) => groupOf(i, r));
    // New prompts: (1 − p) · 4p(1 − p): ½ and 0.75 · 0.75 and 0.25 · 0.75.
    expect([...strategy.keep!(keepAsk(CONFIG, groups, {})).kept].sort()).toEqual([1, 3]);
  });

  it("passes most solved prompts over, unless there are no others", () => {
    const solved: LzeState = Object.fromEntries(
      indices(12).map((i) => [i, { difficulty: 0.05, average: 1, solved: 3 }]),
    );
    const pool = poolOf(indices(20).map(() => null));
    const drawn = indices(100).flatMap(
      (seed) => strategy.draw!(drawAsk(CONFIG, pool, solved, { random: new Random(seed, "x") })).samples,
    );
    // A tenth of twelve against eight: 13 of 100.
    const share = drawn.filter((sample) => sample < 12).length / drawn.length;
    expect(share).toBeGreaterThan(0.06);
    expect(share).toBeLessThan(0.22);
    expect(strategy.draw!(drawAsk(CONFIG, pool.slice(0, 12), solved)).samples).toHaveLength(5);
  });
});
