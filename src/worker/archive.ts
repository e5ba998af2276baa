// Where runs are kept: IndexedDB, or memory in a browser that gives no storage. One set of verbs for both.
import {
  appendEvents,
  createRun,
  deleteRun,
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
  create(run: StoredRun): Promise<void>;
  find(runId: string): Promise<StoredRun | null>;
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

export function databaseArchive(db: LabDb): Archive {
  return {
    db,
    create: async (run) => void (await createRun(db, run)),
    find: async (runId) => {
      const found = await findRun(db, runId);
      return found && { runId, name: found.name, config: found.config, seed: found.seed };
    },
    remove: (runId) => deleteRun(db, runId),
    status: async (runId, status, reason) =>
      void (await updateRun(db, runId, { status, ...(reason === undefined ? {} : { reason }) })),
    reconfigure: async (runId, config) => void (await updateRun(db, runId, { config })),
    append: async (runId, first, events) => void (await appendEvents(db, runId, first, events)),
    events: (runId) => readEvents(db, runId),
    truncate: (runId, count) => truncateEvents(db, runId, count),
    save: (runId, { bytes, ...point }) => saveCheckpoint(db, runId, { ...point, state: bytes }),
    checkpoint: async (runId) => {
      const found = await loadCheckpoint(db, runId);
      if (!found) return null;
      if (!(found.state instanceof Uint8Array)) {
        throw new LabError("storage", `The checkpoint of run ${runId} is of another version of the lab.`);
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
    create: async (run) => void runs.set(run.runId, { run, events: [], point: null }),
    find: async (runId) => runs.get(runId)?.run ?? null,
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
