// Runs and their logs. The log is append-only; scores and picks are indexed in the same transaction.
import { LabError } from "../../lib/errors";
import type { RunEvent } from "../../lib/events";
import { fillIndexes } from "./indexed";
import { inTransaction, later, storedBytes } from "./open";
import type { EventChunk, LabDb, PickRecord, RunRecord, ScoreRecord } from "./schema";

/** @throws LabError "storage" when a run of that id exists. */
export async function createRun(
  db: LabDb,
  run: Pick<RunRecord, "runId" | "name" | "config" | "seed" | "owner" | "beatAt"> & { createdAt?: number },
): Promise<RunRecord> {
  const createdAt = run.createdAt ?? Date.now();
  const record: RunRecord = {
    ...run,
    status: "running",
    createdAt,
    updatedAt: createdAt,
    eventCount: 0,
    round: 0,
    step: 0,
  };
  await inTransaction(db, ["runs"], "store the run", storedBytes(record), (tx) =>
    tx.objectStore("runs").add(record),
  );
  return record;
}

export async function findRun(db: LabDb, runId: string): Promise<RunRecord | null> {
  return (await db.get("runs", runId)) ?? null;
}

/** Newest first. */
export async function listRuns(db: LabDb): Promise<RunRecord[]> {
  return (await db.getAllFromIndex("runs", "byCreated")).reverse();
}

export async function updateRun(
  db: LabDb,
  runId: string,
  change: Partial<Pick<RunRecord, "name" | "status" | "round" | "step" | "reason" | "config">>,
  owner?: string,
): Promise<RunRecord> {
  return inTransaction(db, ["runs"], "update the run", 0, async (tx) => {
    const runs = tx.objectStore("runs");
    const record = { ...owned(await runs.get(runId), runId, owner), ...change, updatedAt: Date.now() };
    await runs.put(record);
    return record;
  });
}

/** The run with its log, scores, picks and checkpoints. Adapters of the library stay. */
export async function deleteRun(db: LabDb, runId: string): Promise<void> {
  await inTransaction(
    db,
    ["runs", "events", "scores", "picks", "checkpoints"],
    "delete the run",
    0,
    async (tx) => {
      for (const store of ["events", "scores", "picks", "checkpoints"] as const)
        later(tx.objectStore(store).delete(keysOf(runId)));
      await tx.objectStore("runs").delete(runId);
    },
  );
}

/**
 * Adds events to the log. `first` must be the number of events already there, so that nothing is lost or doubled.
 * @param owner refused where the run has another one
 * @returns the number of events now.
 * @throws LabError "internal" for a gap or an overlap, "storage".
 */
export async function appendEvents(
  db: LabDb,
  runId: string,
  first: number,
  events: readonly RunEvent[],
  owner?: string,
): Promise<number> {
  if (events.length === 0) return first;
  const size = storedBytes(events);
  return inTransaction(db, ["runs", "events", "scores", "picks"], "store the run's log", size, async (tx) => {
    const runs = tx.objectStore("runs");
    const run = owned(await runs.get(runId), runId, owner);
    if (run.eventCount !== first) {
      throw new LabError(
        "internal",
        `The log of run ${runId} has ${run.eventCount} events, but the next were numbered from ${first}.`,
      );
    }
    await tx.objectStore("events").put({ runId, first, events: [...events] });
    await fillIndexes(tx.objectStore("scores"), tx.objectStore("picks"), runId, first, events);
    const eventCount = first + events.length;
    const { round, step } = latest(events, run);
    await runs.put({ ...run, eventCount, round, step, updatedAt: Date.now() });
    return eventCount;
  });
}

/** The log from event `from` on. */
export async function readEvents(db: LabDb, runId: string, from = 0): Promise<RunEvent[]> {
  const chunks = await db.getAll("events", keysOf(runId));
  return tail(chunks, from);
}

function tail(chunks: readonly EventChunk[], from: number): RunEvent[] {
  return chunks.flatMap(({ first, events }) =>
    first + events.length <= from ? [] : events.slice(Math.max(0, from - first)),
  );
}

/**
 * New records of a run that another tab writes, read in one transaction. A new owner may have shortened the log; then it is
 * read from its start.
 * @param seen what the reader has so far
 * @returns null when the run is gone; `first` = index of the first of `events`
 */
export async function readNews(
  db: LabDb,
  runId: string,
  seen: { count: number; owner: string | undefined },
): Promise<{ run: RunRecord; first: number; events: RunEvent[] } | null> {
  const tx = db.transaction(["runs", "events"], "readonly");
  const run = await tx.objectStore("runs").get(runId);
  if (!run) return null;
  const first = run.owner === seen.owner && run.eventCount >= seen.count ? seen.count : 0;
  const chunks: EventChunk[] = [];
  // Backwards from the end, because usually only one chunk is new.
  let cursor = await tx.objectStore("events").openCursor(keysOf(runId), "prev");
  for (; cursor; cursor = await cursor.continue()) {
    const { value } = cursor;
    if (value.first + value.events.length <= first) break;
    chunks.unshift(value);
  }
  return { run, first, events: tail(chunks, first) };
}

/** The run that began last. */
export async function newestRun(db: LabDb): Promise<RunRecord | null> {
  const index = db.transaction("runs").store.index("byCreated");
  return (await index.openCursor(null, "prev"))?.value ?? null;
}

/** Cuts the log to its first `count` events, as a run does that goes on from a checkpoint. */
export async function truncateEvents(db: LabDb, runId: string, count: number, owner?: string): Promise<void> {
  await inTransaction(db, ["runs", "events", "scores", "picks"], "cut the run's log", 0, async (tx) => {
    const runs = tx.objectStore("runs");
    const run = owned(await runs.get(runId), runId, owner);
    if (run.eventCount <= count) return;
    const behind = IDBKeyRange.bound([runId, count], [runId, []]);
    const chunks = tx.objectStore("events");
    const straddling = await chunks.openCursor(
      IDBKeyRange.bound([runId], [runId, count], false, true),
      "prev",
    );
    if (straddling && straddling.value.first + straddling.value.events.length > count) {
      const { first, events } = straddling.value;
      await straddling.update({ runId, first, events: events.slice(0, count - first) });
    }
    for (const store of ["events", "scores", "picks"] as const) await tx.objectStore(store).delete(behind);
    await runs.put({ ...run, eventCount: count, updatedAt: Date.now() });
  });
}

/** Scorings of a run, or of one round. */
export async function readScores(db: LabDb, runId: string, round?: number): Promise<ScoreRecord[]> {
  if (round === undefined) return db.getAll("scores", keysOf(runId));
  return db.getAllFromIndex("scores", "byRound", IDBKeyRange.only([runId, round]));
}

/** Picks of a run, or of one round, best rank first within a round. */
export async function readPicks(db: LabDb, runId: string, round?: number): Promise<PickRecord[]> {
  if (round === undefined) return db.getAll("picks", keysOf(runId));
  return db.getAllFromIndex("picks", "byRound", IDBKeyRange.only([runId, round]));
}

/** Every time a sample was picked. */
export async function readPicksOfSample(db: LabDb, runId: string, sample: number): Promise<PickRecord[]> {
  return db.getAllFromIndex("picks", "bySample", IDBKeyRange.only([runId, sample]));
}

export function needed(run: RunRecord | undefined, runId: string): RunRecord {
  if (run) return run;
  throw new LabError(
    "storage",
    `The run ${runId} is not stored here.`,
    "It may have been deleted in another tab: reload the page.",
  );
}

/** @throws LabError "storage" where the run has another owner, or is gone */
export function owned(found: RunRecord | undefined, runId: string, owner: string | undefined): RunRecord {
  const run = needed(found, runId);
  if (owner === undefined || run.owner === owner) return run;
  throw new LabError(
    "storage",
    `The run ${run.name} was taken over by another tab, so this one stores nothing more of it.`,
    "Follow it here, or look at it in the other tab.",
  );
}

/** All keys that begin with the run's id. */
export function keysOf(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []]);
}

function latest(events: readonly RunEvent[], run: RunRecord): { round: number; step: number } {
  const last = events.findLast((event) => event.type === "step.finished" || event.type === "round.finished");
  return last && "step" in last ? { round: last.round, step: last.step } : run;
}
