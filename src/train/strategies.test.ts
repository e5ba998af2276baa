// Every strategy in a whole run on the stand-in engine: a run that was stopped goes on to the same bits, with all that
// the strategy remembers.
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../config/schema";
import { STRATEGIES } from "../curriculum/registry";
import type { Strategy } from "../curriculum/strategy";
import { withoutTimes } from "../lib/events";
import { fakeRun } from "./testing/fakeRun";

const cases = STRATEGIES.flatMap((strategy) =>
  strategy.trainers.map((kind): [string, Strategy, ConfigInput] => [
    `${strategy.name}, ${kind}`,
    strategy,
    {
      trainer: {
        kind,
        samplesPerBatch: 3,
        rollouts: 3,
        maxNewTokens: 4,
        reward: { kind: "regex", pattern: "^[a-m]" },
      },
      curriculum: { strategy: strategy.name, rounds: 4, perRound: 5 },
      budget: { steps: 8 },
      evaluation: { every: "never", probes: 0 },
    },
  ]),
);

describe("a run with any strategy", () => {
  it.each(cases)(
    "goes on to the same bits: %s",
    async (_, strategy, input) => {
      const straight = fakeRun(input);
      expect(await straight.outcome).toEqual({ status: "done", error: null });
      const log = straight.events.map(withoutTimes);
      const picks = straight.events.filter(({ type }) => type === "round.selected");
      expect(picks).toHaveLength(strategy.chooses === "rounds" ? 4 : 0);
      for (const step of [1, 3, 4, 6]) {
        const stopped = fakeRun(input, {
          onEvent: (event, { control }) => {
            if (event.type === "step.finished" && event.step === step) control.stop();
          },
        });
        expect((await stopped.outcome).status).toBe("stopped");
        const { bytes, eventCount } = stopped.checkpoints.at(-1)!;
        const next = fakeRun(input, {
          from: { checkpoint: bytes, events: stopped.events.slice(0, eventCount) },
        });
        await next.outcome;
        expect(next.events.map(withoutTimes), `stopped at step ${step}`).toEqual(log);
        expect(next.engine.weights).toEqual(straight.engine.weights);
      }
    },
    60_000,
  );
});
