// Builds the Frame of a whole log, for the report and for tests: newest round, cost counted in all tokens.
import type { RunEvent } from "../lib/events";
import { strategyOf } from "../log/config";
import { reduceRun } from "../log/fold";
import { Outline } from "../log/outline";
import type { Frame } from "./picture";

/** @param other log of the baseline run; empty = none */
export function frameOf(events: readonly RunEvent[], other: readonly RunEvent[]): Frame {
  const run = reduceRun(events);
  const baseline = other.length > 0 ? reduceRun(other) : null;
  const whole = new Outline();
  for (const event of events) whole.add(event);
  return {
    run,
    baseline,
    baselineStrategy: baseline ? strategyOf(baseline) : "",
    baselineRecorded: false,
    seeds: [],
    whole,
    axis: "allTokens",
    round: run.rounds.length,
    sort: "first-pick",
    choice: run.judged.length - 1,
    room: false,
  };
}
