// Batches that the strategy chooses itself: what the log tells of them, and that nothing else changes.
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../config/schema";
import type { RunEventOf } from "../lib/events";
import { FakeEngine } from "./testing/fakeEngine";
import { fakeRun, type FakeRun } from "./testing/fakeRun";

const input = (strategy: "scout" | "random", scout: ConfigInput["scout"] = {}): ConfigInput => ({
  seed: 3,
  trainer: { samplesPerBatch: 4 },
  curriculum: { strategy, rounds: 4, perRound: 6 },
  budget: { steps: 14 },
  evaluation: { every: "never", probes: 0 },
  scout,
});

async function finished(run: FakeRun): Promise<FakeRun> {
  expect(await run.outcome).toEqual({ status: "done", error: null });
  return run;
}

const samplesOf = ({ events }: FakeRun): number[][] =>
  events.flatMap((event) => (event.type === "step.finished" ? [event.samples] : []));
const told = ({ events }: FakeRun): RunEventOf<"batch.chosen">[] =>
  events.filter((event) => event.type === "batch.chosen");

describe("a run whose batches are chosen", () => {
  it.each([
    ["steps", { steps: 14 }],
    ["tokens, in rounds of a fixed length", { trainTokens: 300, stepsPerRound: 2 }],
  ])("is random order to the bit where nothing may be chosen: budget in %s", async (_, budget) => {
    const random = await finished(fakeRun({ ...input("random"), budget }));
    const scout = await finished(fakeRun({ ...input("scout", { share: 0 }), budget }));
    expect(samplesOf(random).length).toBeGreaterThan(8);
    expect(samplesOf(scout)).toEqual(samplesOf(random));
    expect(scout.engine.weights).toEqual(random.engine.weights);
  });

  it("tells its groups once, and each batch with the losses of its first sights", async () => {
    const run = await finished(fakeRun(input("scout", { parts: 3 })));
    const parted = run.events.filter((event) => event.type === "pool.parted");
    expect(parted).toHaveLength(1);
    expect(parted[0].parts).toHaveLength(20);
    const batches = told(run);
    expect(batches.map(({ step }) => step)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    const seen = new Set<number>();
    batches.forEach(({ random, chosen, firstSights }, step) => {
      const rows = [...random, ...chosen.map(({ sample }) => sample)];
      expect(rows).toEqual(samplesOf(run)[step]);
      expect(firstSights.map(({ sample }) => sample)).toEqual(
        [...new Set(rows)].filter((row) => !seen.has(row)),
      );
      rows.forEach((row) => seen.add(row));
    });
    expect(batches.some(({ chosen }) => chosen.length > 0)).toBe(true);
    expect(run.events.some(({ type }) => type === "pool.scored")).toBe(false);
  });

  it("reads each row's loss out of the step that trains it: the mean over its own targets", async () => {
    class Counting extends FakeEngine {
      seen: number[] = [];
      override async trainStep(...[items, optimizer, options]: Parameters<FakeEngine["trainStep"]>) {
        const report = await super.trainStep(items, optimizer, options);
        // Targets of all items are numbered from 1: row i's loss is the mean number of its targets.
        let n = 0;
        const stats = report.stats?.map((item) => ({ ...item, logprob: item.logprob.map(() => -++n) }));
        return { ...report, ...(stats ? { stats } : {}) };
      }
    }
    const run = await finished(fakeRun(input("scout"), { engine: new Counting() }));
    const [{ random, chosen, firstSights }] = told(run);
    let from = 1;
    const losses = [...random, ...chosen.map(({ sample }) => sample)].map((row) => {
      const targets = row % 2 === 0 ? 2 : 3; // "a" or "ab", and the end token
      const mean = from + (targets - 1) / 2;
      from += targets;
      return { sample: row, lossNats: mean };
    });
    expect(firstSights).toEqual(losses);
  });

  it("learns nothing from a step that changed nothing", async () => {
    const engine = new FakeEngine();
    engine.brokenSteps = 1;
    const run = await finished(fakeRun(input("scout"), { engine }));
    expect(told(run)[0].firstSights).toEqual([]);
    expect(told(run)[1].firstSights.length).toBeGreaterThan(0);
  });
});
