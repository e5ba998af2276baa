// The storage of runs: IndexedDB, or memory in a browser that offers no storage; both have the same methods.
import {
  appendEvents,
  BEAT_MS,
  beatRun,
  claimRun,
  createRun,
  deleteRun,
  elsewhere,
  findRun,
  loadCheckpoint,
  openLabDb,
  readEvents,
  saveCheckpoint,
  truncateEvents,
  updateRun,
  type LabDb,
  type RunStatus,
} from "../data/db";
import { takeLock, webLocks, type Locks } from "../data/runLock";
import { LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";

export interface StoredPoint {
  round: number;
  step: number;
  /** Records of the log that belong to it. */
  eventCount: number;
  bytes: Uint8Array;
}

export interface StoredRun {
  runId: string;
  name: string;
  /** The resolved config. */
  config: unknown;
  seed: number;
}

export interface Archive {
  /** null = memory only. */
  readonly db: LabDb | null;
  /**
   * Makes this worker the only one that trains the run and writes to it.
   * @returns what lets it go
   * @throws LabError "config" while another tab has it
   */
  hold(runId: string): Promise<() => Promise<void>>;
  create(run: StoredRun): Promise<void>;
  /** A stored run becomes this worker's own; it must be held. @throws LabError "config" */
  claim(runId: string): Promise<void>;
  find(runId: string): Promise<StoredRun | null>;
  /** Whether the run came to its end. */
  finished(runId: string): Promise<boolean>;
  remove(runId: string): Promise<void>;
  status(runId: string, status: RunStatus, reason?: string): Promise<void>;
  /** Replaces the config of a run that goes on. */
  reconfigure(runId: string, config: unknown): Promise<void>;
  append(runId: string, first: number, events: RunEvent[]): Promise<void>;
  events(runId: string): Promise<RunEvent[]>;
  truncate(runId: string, count: number): Promise<void>;
  save(runId: string, point: StoredPoint): Promise<void>;
  /** The newest checkpoint, or null. */
  checkpoint(runId: string): Promise<StoredPoint | null>;
}

/** The database where the browser has one. @returns `reason` when it has not */
export async function openArchive(): Promise<{ archive: Archive; reason: string | null }> {
  try {
    return { archive: databaseArchive(await openLabDb()), reason: null };
  } catch (thrown) {
    return { archive: memoryArchive(), reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

export function databaseArchive(db: LabDb, locks: Locks | null = webLocks()): Archive {
  /** Tokens of the runs that are held. */
  const owners = new Map<string, string>();
  return {
    db,
    hold: async (runId) => {
      const letGo = locks ? await takeLock(locks, runId) : () => undefined;
      if (!letGo || owners.has(runId)) {
        letGo?.();
        throw elsewhere((await findRun(db, runId))?.name ?? runId);
      }
      const owner = crypto.randomUUID();
      owners.set(runId, owner);
      // A beat that cannot be stored is followed by another.
      const beat = (now: number | null) => beatRun(db, runId, owner, now).catch(() => undefined);
      const timer = setInterval(() => void beat(Date.now()), BEAT_MS);
      return async () => {
        clearInterval(timer);
        await beat(null);
        owners.delete(runId);
        letGo();
      };
    },
    create: async (run) => {
      const owner = owners.get(run.runId);
      await createRun(db, { ...run, ...(owner === undefined ? {} : { owner, beatAt: Date.now() }) });
    },
    claim: async (runId) => {
      const owner = owners.get(runId);
      if (owner === undefined) throw new LabError("internal", `The run ${runId} is not held.`);
      await claimRun(db, runId, owner, locks !== null);
    },
    find: async (runId) => {
      const found = await findRun(db, runId);
      return found && { runId, name: found.name, config: found.config, seed: found.seed };
    },
    finished: async (runId) => (await findRun(db, runId))?.status === "done",
    remove: (runId) => deleteRun(db, runId),
    status: async (runId, status, reason) =>
      void (await updateRun(
        db,
        runId,
        { status, ...(reason === undefined ? {} : { reason }) },
        owners.get(runId),
      )),
    reconfigure: async (runId, config) => void (await updateRun(db, runId, { config }, owners.get(runId))),
    append: async (runId, first, events) =>
      void (await appendEvents(db, runId, first, events, owners.get(runId))),
    events: (runId) => readEvents(db, runId),
    truncate: (runId, count) => truncateEvents(db, runId, count, owners.get(runId)),
    save: (runId, { bytes, ...point }) =>
      saveCheckpoint(db, runId, { ...point, state: bytes }, owners.get(runId)),
    checkpoint: async (runId) => {
      const found = await loadCheckpoint(db, runId);
      if (!found) return null;
      if (!(found.state instanceof Uint8Array)) {
        throw new LabError(
          "storage",
          `The checkpoint of run ${runId} was written by another version of the lab.`,
          "Start the run again.",
        );
      }
      return { round: found.round, step: found.step, eventCount: found.eventCount, bytes: found.state };
    },
  };
}

export function memoryArchive(): Archive {
  const runs = new Map<string, { run: StoredRun; events: RunEvent[]; point: StoredPoint | null }>();
  const needed = (runId: string) => {
    const found = runs.get(runId);
    if (!found) throw new LabError("storage", `The run ${runId} is not stored here.`);
    return found;
  };
  return {
    db: null,
    // Nobody else sees this memory.
    hold: async () => async () => undefined,
    claim: async () => undefined,
    create: async (run) => void runs.set(run.runId, { run, events: [], point: null }),
    find: async (runId) => runs.get(runId)?.run ?? null,
    finished: async () => false,
    remove: async (runId) => void runs.delete(runId),
    status: async () => undefined,
    reconfigure: async (runId, config) => {
      const found = needed(runId);
      found.run = { ...found.run, config };
    },
    append: async (runId, _first, events) => void needed(runId).events.push(...events),
    events: async (runId) => needed(runId).events,
    truncate: async (runId, count) => void needed(runId).events.splice(count),
    save: async (runId, point) => void (needed(runId).point = point),
    checkpoint: async (runId) => runs.get(runId)?.point ?? null,
  };
}
