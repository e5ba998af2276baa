// Every strategy that draws or leaves out prompts itself, on what is hard on it: 100,000 samples, fewer samples than asked for, one
// sample, groups that are all alike, and a memory that went through a checkpoint.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../config/schema";
import { Random, indices } from "./random";
import { STRATEGIES } from "./registry";
import type { Parts, PromptStrategy } from "./strategy";
import { drawAsk, groupOf, keepAsk, poolOf } from "./testing/prompts";

const prompts = STRATEGIES.filter((s): s is PromptStrategy => s.chooses === "prompts");
const drawing = prompts.filter((s) => s.draw).map((s): [string, PromptStrategy] => [s.name, s]);
const keeping = prompts.filter((s) => s.keep).map((s): [string, PromptStrategy] => [s.name, s]);

const configOf = ({ name }: PromptStrategy) =>
  resolveConfig({ trainer: { kind: "grpo", samplesPerBatch: 8 }, curriculum: { strategy: name } });
const stored = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T;

const LARGE = poolOf(indices(100_000).map((i) => (i * 7919) % 1000));
const LARGE_PARTS: Parts = {
  names: indices(100).map((k) => `part ${k}`),
  of: indices(100_000).map((i) => i % 100),
};

describe.each(drawing)("%s draws", (_name, strategy) => {
  const config = configOf(strategy);

  it("different prompts out of 100,000, the same ones from a stored memory", () => {
    let state: unknown = strategy.begin?.(1) ?? null;
    for (let step = 0; step < 3; step++) {
      const random = () => new Random(step, "prompts");
      const ask = { parts: LARGE_PARTS, step, progress: step / 3 };
      const drawn = strategy.draw!(drawAsk(config, LARGE, state, { ...ask, random: random() }));
      const again = strategy.draw!(drawAsk(config, LARGE, stored(state), { ...ask, random: random() }));
      expect(again).toEqual(drawn);
      expect(drawn.samples.length).toBeGreaterThanOrEqual(8);
      expect(new Set(drawn.samples).size).toBe(drawn.samples.length);
      expect(drawn.samples.every((sample) => sample >= 0 && sample < 100_000)).toBe(true);
      const groups = drawn.samples.map((sample, i) => groupOf(sample, [1, i % 2], sample % 100));
      state = strategy.learn?.(drawn.state, { config, groups, rewards: [] }) ?? drawn.state;
    }
  });

  it.each([1, 3])("all of a pool of %i, step after step", (size) => {
    const pool = poolOf(indices(size).map(() => 2));
    let state: unknown = strategy.begin?.(1) ?? null;
    for (let step = 0; step < 3; step++) {
      const drawn = strategy.draw!(drawAsk(config, pool, state));
      expect([...drawn.samples].sort()).toEqual(indices(size));
      const groups = drawn.samples.map((sample) => groupOf(sample, [1, 1]));
      state = strategy.learn?.(drawn.state, { config, groups, rewards: [] }) ?? drawn.state;
    }
  });
});

describe.each(keeping)("%s", (_name, strategy) => {
  const config = configOf(strategy);

  it("trains none of groups that are all alike, and comes to an end", () => {
    let state: unknown = strategy.begin?.(1) ?? null;
    const groups = indices(8).map((i) => groupOf(i, [0, 0, 0]));
    for (let times = 1; times < 50; times++) {
      const kept = strategy.keep!(keepAsk(config, groups, state, { times, poolSize: 12 }));
      expect(kept.kept).toEqual([]);
      if (kept.again.length === 0) return;
      groups.push(...kept.again.map((sample) => groupOf(sample, [0, 0, 0])));
      expect(new Set(groups.map(({ sample }) => sample)).size).toBe(groups.length);
      state = stored(kept.state);
    }
    expect.unreachable("it asks for ever more prompts");
  });
});
