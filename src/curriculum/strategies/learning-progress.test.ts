// The learning-progress bandit: its moving average by hand, where its rows come from, and that a stopped run goes on.
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../config/schema";
import { indices } from "../random";
import type { Parts } from "../strategy";
import { afterStep, chances, strategy, type BanditState, type Task } from "./learning-progress";

const CONFIG = resolveConfig({
  trainer: { samplesPerBatch: 8 },
  curriculum: { strategy: "learning-progress" },
  learningProgress: { explore: 0.1 },
});
/** Three skills of 40 rows each. */
const PARTS: Parts = { names: ["falls", "stays", "known"], of: indices(120).map((row) => row % 3) };

/** Steps in which skill 0 is learnt with each of its rows, skill 1 keeps its loss and skill 2 has none. */
function run(
  steps: number,
  config = CONFIG,
  from: BanditState = strategy.begin(1),
): [BanditState, number[][]] {
  let state = from;
  const batches: number[][] = [];
  let learnt = 0;
  for (let step = 0; step < steps; step++) {
    const drawn = strategy.draw({ config, size: 8, parts: PARTS, state });
    const rows = [...drawn.batch.random, ...drawn.batch.chosen.map(({ sample }) => sample)];
    const losses = rows.map((row) => [3 * 0.97 ** learnt, 2, 0][PARTS.of[row]]);
    learnt += rows.filter((row) => PARTS.of[row] === 0).length;
    state = strategy.see(drawn.state, { config, parts: PARTS, batch: drawn.batch, losses }).state;
    batches.push(rows);
  }
  return [state, batches];
}

const task = (steps: number, lossNats: number | null, progress: number): Task => ({
  steps,
  lossNats,
  progress,
});

describe("learning progress", () => {
  it("averages the falls of a loss from step to step", () => {
    const once = afterStep(task(0, null, 0), [2, 4], 0.5);
    expect(once).toEqual(task(1, 3, 0));
    const twice = afterStep(once, [1], 0.5);
    expect(twice).toEqual(task(2, 1, 1));
    // Up again by one: half of 1 and half of −1.
    expect(afterStep(twice, [2], 0.5)).toEqual(task(3, 2, 0));
  });

  it("draws in proportion to progress, up or down, and tries what has none yet", () => {
    const sizes = [10, 10, 10, 0];
    const tasks = [task(5, 1, 0.2), task(5, 1, -0.4), task(1, 1, 0), task(0, null, 0)];
    expect(chances(tasks, sizes)).toEqual([0.2, 0.4, 0.4, 0]);
    expect(chances([task(0, null, 0), task(0, null, 0)], [1, 1])).toEqual([1, 1]);
    expect(chances([task(3, 0, 0), task(3, 0, 0)], [1, 1])).toEqual([0, 0]);
  });

  it("goes where the loss falls, and explores the rest", () => {
    const [, batches] = run(20);
    const counts = [0, 0, 0];
    for (const row of batches.slice(4).flat()) counts[PARTS.of[row]]++;
    expect(counts[0]).toBeGreaterThan(counts[1] + counts[2]);
    expect(counts[1] + counts[2]).toBeGreaterThan(0);
  });

  it("draws no row twice in a batch, nor again before its neighbourhood is used up", () => {
    const [, batches] = run(4);
    for (const batch of batches) expect(new Set(batch).size).toBe(8);
    const own = batches.flat().filter((row) => PARTS.of[row] === 0);
    expect(new Set(own.slice(0, 40)).size).toBe(Math.min(40, own.length));
  });

  it("is drawn by size where nothing moves", () => {
    const state: BanditState = { ...strategy.begin(1), tasks: indices(3).map(() => task(3, 0, 0)) };
    const { batch } = strategy.draw({ config: CONFIG, size: 8, parts: PARTS, state });
    expect(batch.chosen).toEqual([]);
    expect(batch.random).toHaveLength(8);
  });

  it("learns nothing from a step that changed nothing", () => {
    const [state] = run(3);
    const drawn = strategy.draw({ config: CONFIG, size: 8, parts: PARTS, state });
    const losses = Array.from({ length: 8 }, () => NaN);
    const after = strategy.see(drawn.state, { config: CONFIG, parts: PARTS, batch: drawn.batch, losses });
    expect(after.state.tasks).toEqual(drawn.state.tasks);
    expect(after.told.firstSights).toEqual([]);
  });

  it("goes on from its stored state as if it had not stopped", () => {
    const [whole, batches] = run(6);
    const [half, first] = run(3);
    // The losses of `run` depend on what was learnt before, so only the drawing is compared.
    const stored = JSON.parse(JSON.stringify(half)) as BanditState;
    const next = strategy.draw({ config: CONFIG, size: 8, parts: PARTS, state: stored }).batch;
    expect([...first, [...next.random, ...next.chosen.map(({ sample }) => sample)]]).toEqual(
      batches.slice(0, 4),
    );
    expect(whole.tasks[0].steps).toBeGreaterThan(0);
  });
});
