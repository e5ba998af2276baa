// Scores and picks of a run, copied from its log into tables that can be queried by round and by sample.
import type { RunEvent } from "../../lib/events";
import type { PickRecord, ScoreRecord } from "./schema";

interface Puts<T> {
  put(value: T): Promise<unknown>;
}

/** Writes the scores and picks among `events`, whose first has index `first` in the log. */
export async function fillIndexes(
  scores: Puts<ScoreRecord>,
  picks: Puts<PickRecord>,
  runId: string,
  first: number,
  events: readonly RunEvent[],
): Promise<void> {
  const writes: Promise<unknown>[] = [];
  const add = (request: Promise<unknown>) => {
    // Awaited below, unless a later write throws first.
    request.catch(() => {});
    writes.push(request);
  };
  events.forEach((item, offset) => {
    const event = first + offset;
    if (item.type === "pool.scored") {
      const { round, step, signal, unit, estimator } = item;
      const values = Float32Array.from(item.values, (value) => value ?? NaN);
      add(scores.put({ runId, event, round, step, signal, unit, estimator, values }));
    }
    if (item.type === "round.selected") {
      for (const pick of item.picks) add(picks.put({ ...pick, runId, event, round: item.round }));
    }
  });
  await Promise.all(writes);
}
