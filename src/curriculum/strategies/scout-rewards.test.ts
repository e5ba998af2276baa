// scout over rewards: the fading posterior by hand, the half in random order, and what gets chosen.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { Random, indices } from "../random";
import type { Parts } from "../strategy";
import { drawAsk, groupOf, poolOf, viewOf } from "../testing/prompts";
import { afterGroup, strategy } from "./scout-rewards";

const configOf = (scoutRewards: object) =>
  resolveConfig({
    trainer: { kind: "grpo", samplesPerBatch: 8 },
    curriculum: { strategy: "scout-rewards" },
    scoutRewards,
    budget: { steps: 10 },
  });
const CONFIG = configOf({});
const POOL = poolOf(indices(60).map(() => null));
const PARTS: Parts = { names: ["known", "edge", "noise"], of: indices(60).map((i) => i % 3) };
/** Seen often: rewards of "edge" vary, those of the others do not. */
const BELIEFS = { 0: { right: 1, wrong: 9 }, 1: { right: 9, wrong: 1 }, 2: { right: 1, wrong: 9 } };

const drawn = (state = strategy.begin!(1), config = CONFIG, seed = 1, pool = POOL, parts = PARTS) =>
  strategy.draw!(drawAsk(config, pool, state, { parts, random: new Random(seed, "prompts") }));

describe("scout over rewards", () => {
  it("adds each group's share of variance to a belief that fades to its prior", () => {
    expect(afterGroup({ right: 1, wrong: 1 }, 0.75, 0.5)).toEqual({ right: 1.75, wrong: 1.25 });
    const after = afterGroup({ right: 5, wrong: 3 }, 1, 0.5);
    expect(after).toEqual({ right: 4, wrong: 2 });
  });

  it("gives half of the prompts in random order, each once a pass", () => {
    let state = strategy.begin!(1);
    const seen: number[] = [];
    for (let step = 0; step < 15; step++) {
      const { samples, atRandom, state: next } = drawn({ ...state, beliefs: BELIEFS }, CONFIG, step);
      expect(samples).toHaveLength(8);
      expect(new Set(samples).size).toBe(8);
      expect(atRandom).toHaveLength(4);
      seen.push(...atRandom!);
      state = next;
    }
    expect(new Set(seen).size).toBe(60);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it("chooses from neighbourhoods whose rewards vary", () => {
    const state = { ...strategy.begin!(1), beliefs: BELIEFS };
    const chosen = indices(50).flatMap((seed) => drawn(state, CONFIG, seed).samples.slice(0, 4));
    const edge = chosen.filter((sample) => sample % 3 === 1).length;
    expect(edge / chosen.length).toBeGreaterThan(0.95);
  });

  it("tries every neighbourhood while nothing is known", () => {
    const chosen = indices(30).flatMap((seed) => drawn(strategy.begin!(1), CONFIG, seed).samples.slice(0, 4));
    expect(new Set(chosen.map((sample) => sample % 3)).size).toBe(3);
  });

  it("learns from all groups, by their neighbourhood", () => {
    const groups = [groupOf(1, [1, 0], 1), groupOf(4, [1, 1], 1), groupOf(3, [0, 0], 0)];
    const { beliefs } = strategy.learn!(strategy.begin!(1), { config: CONFIG, groups, rewards: [] });
    // (1, 1) → (2, 1) → 0.9 · (2, 1) + 0.1 · (1, 1) + (0, 1)
    expect(beliefs[1].right).toBeCloseTo(1.9, 12);
    expect(beliefs[1].wrong).toBeCloseTo(2, 12);
    expect(beliefs[0]).toEqual({ right: 1, wrong: 2 });
    expect(beliefs[2]).toBeUndefined();
  });

  it("forecasts and explains by the posterior's mean", () => {
    const state = { ...strategy.begin!(1), beliefs: BELIEFS, atRandom: [3] };
    const view = viewOf(CONFIG, POOL, [1, 0, 3], state, PARTS);
    const ask = strategy.ask(view);
    expect(ask.wants === "nothing" && ask.read()).toEqual([0.225, 0.025, 0.025]);
    expect(strategy.explain!(view, 1)).toBe(
      "neighbourhood “edge”: rewards vary by 0.90 of the largest (posterior mean)",
    );
    expect(strategy.explain!(view, 3)).toBe("in random order");
  });

  it("gives a pool smaller than a step whole", () => {
    const small = drawn(strategy.begin!(1), CONFIG, 1, POOL.slice(0, 3), { names: ["a"], of: [0, 0, 0] });
    expect([...small.samples].sort()).toEqual([0, 1, 2]);
  });

  it("is random order where nothing may be chosen", () => {
    const { samples, atRandom } = drawn(strategy.begin!(1), configOf({ share: 0 }));
    expect(samples).toEqual(atRandom);
  });
});
