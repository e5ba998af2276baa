// A step whose strategy leaves groups out and asks for others: what is trained, what is told, and what it cost.
import { describe, expect, it } from "vitest";
import type { RunEvent, RunEventOf } from "../lib/events";
import { fakeRun } from "./testing/fakeRun";

const INPUT = {
  trainer: {
    kind: "grpo",
    samplesPerBatch: 3,
    rollouts: 3,
    maxNewTokens: 4,
    reward: { kind: "regex", pattern: "^[a-m]" },
  },
  curriculum: { rounds: 2 },
  budget: { steps: 6 },
  evaluation: { every: "never", probes: 0 },
} as const;

async function events(strategy: "dynamic-sampling" | "uniform" | "hive"): Promise<RunEvent[]> {
  const run = fakeRun({ ...INPUT, curriculum: { ...INPUT.curriculum, strategy } });
  expect(await run.outcome).toEqual({ status: "done", error: null });
  return run.events;
}

const of = <T extends RunEvent["type"]>(log: readonly RunEvent[], type: T): RunEventOf<T>[] =>
  log.filter((event): event is RunEventOf<T> => event.type === type);

describe("a step that leaves groups out", () => {
  it("trains those that vary, tells all, and counts the tokens of all", async () => {
    const log = await events("dynamic-sampling");
    const rolled = of(log, "group.rolled");
    const dropped = rolled.filter((group) => group.dropped);
    expect(dropped.length).toBeGreaterThan(0);
    expect(dropped.every(({ variance }) => variance === 0)).toBe(true);
    for (const { step, samples } of of(log, "step.finished")) {
      const own = rolled.filter((group) => group.step === step);
      expect(samples).toEqual(own.filter((group) => !group.dropped).map(({ sample }) => sample));
      expect(samples).toHaveLength(3);
      expect(new Set(own.map(({ sample }) => sample)).size).toBe(own.length);
    }
    const [{ tokens }] = of(log, "run.finished");
    expect(tokens.rollout).toBe(rolled.reduce((sum, group) => sum + group.tokens, 0));
  });

  it("leaves nothing out where the strategy keeps all", async () => {
    const log = await events("uniform");
    expect(of(log, "group.rolled").some((group) => group.dropped)).toBe(false);
    expect(of(log, "group.rolled")).toHaveLength(18);
  });

  it("counts what was read of prompts as judging, and says why each was chosen", async () => {
    const log = await events("hive");
    const judged = of(log, "step.judged");
    const [{ tokens }] = of(log, "run.finished");
    expect(tokens.judge).toBe(judged.reduce((sum, step) => sum + step.tokens, 0));
    for (const { candidates, selected, because, ranking, tokens: read } of judged) {
      expect(candidates).toHaveLength(10);
      expect(selected).toHaveLength(5);
      expect(because).toHaveLength(5);
      expect(ranking).toHaveLength(10);
      // Prompts of the pool have two or three tokens; the last of them is not read, but foretold.
      expect(read).toBeGreaterThanOrEqual(10);
      expect(read).toBeLessThanOrEqual(20);
    }
  });
});
