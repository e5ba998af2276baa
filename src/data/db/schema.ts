// The tables of the database "proximal", and the upgrades from older versions.
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Pick, RunEvent, RunIdentity } from "../../lib/events";
import type { AdapterConfig, AdapterState } from "../../families/config";
import type { SampleRow } from "../dataset";
import { fillIndexes } from "./indexed";

/**
 * 1: datasets, samples, runs, events, one checkpoint a run.
 * 2: two checkpoints a run; scores and picks by round; adapter library; kernel choices; settings.
 */
export const DB_VERSION = 2;

/** Further test sets stand beside the first one under their names. */
export type Split = "train" | "test" | `test:${string}`;

export interface DatasetRecord {
  datasetId: string;
  name: string;
  origin: "builtin" | "file" | "hub";
  /** Of the built-in pools: stored content with another revision is replaced. */
  revision: number;
  createdAt: number;
  /** Rows. */
  train: number;
  test: number;
  /** Size of the file or files, bytes. */
  bytes: number;
  /** What was found in its rows, a sentence each; absent where there is nothing to say. */
  notes?: readonly string[];
  /** Its test sets where they have names; `test` counts the rows of the first. */
  tests?: readonly { name: string; rows: number }[];
  /** Hidden since then (ms since 1970), and can be restored until it is cleared away; absent in all others. */
  deletedAt?: number;
}

export type RunStatus = "running" | "paused" | "stopped" | "done" | "failed";

export interface RunRecord {
  runId: string;
  name: string;
  status: RunStatus;
  /** The resolved config. */
  config: unknown;
  seed: number;
  createdAt: number;
  updatedAt: number;
  /** Events stored so far: the next one has this index. */
  eventCount: number;
  round: number;
  step: number;
  /** Why it failed or stopped. */
  reason?: string;
  /** Token of the tab that may write to the run; a new one each time a tab starts or resumes it. */
  owner?: string;
  /** Time of the owner's last heartbeat; 0 = it has released the run. */
  beatAt?: number;
}

/** A piece of the log; pieces lie end to end. */
export interface EventChunk {
  runId: string;
  first: number;
  events: RunEvent[];
}

/** One scoring of the pool. */
export interface ScoreRecord {
  runId: string;
  /** Index of the event in the log. */
  event: number;
  round: number;
  step: number;
  signal: string;
  unit: string;
  estimator: string;
  /** One a sample of the pool; NaN = not scored. */
  values: Float32Array;
}

/** One pick of a round. */
export interface PickRecord extends Pick {
  runId: string;
  event: number;
  round: number;
}

export interface CheckpointRecord {
  runId: string;
  /** Grows by one with each checkpoint of the run. */
  serial: number;
  round: number;
  step: number;
  /** Events of the log up to this checkpoint; later ones are removed when the run is resumed from it. */
  eventCount: number;
  savedAt: number;
  bytes: number;
  /** The trainer's state; typed arrays inside it are stored as such. */
  state: unknown;
}

export interface AdapterRecord {
  adapterId: string;
  name: string;
  /** The run that trained it; null when imported. */
  runId: string | null;
  /** The model it belongs to, as the config names it. */
  model: string;
  config: AdapterConfig;
  /** Identity of the run that trained it; absent in records of older versions. */
  identity?: RunIdentity;
  /** Model that an imported file names as its own, where it names one. */
  baseModel?: string;
  /** What a person should know of it, e.g. that it was made for another model. */
  notes?: readonly string[];
  createdAt: number;
  bytes: number;
}

/** Kernel variants that were fastest on this adapter, browser and shape. */
export interface TuningRecord {
  key: string;
  choices: Record<string, string>;
  createdAt: number;
}

export interface LabSchema extends DBSchema {
  datasets: { key: string; value: DatasetRecord };
  /** Keyed [datasetId, split, row]. */
  samples: { key: [string, Split, number]; value: SampleRow };
  runs: { key: string; value: RunRecord; indexes: { byCreated: number } };
  events: { key: [string, number]; value: EventChunk };
  scores: { key: [string, number]; value: ScoreRecord; indexes: { byRound: [string, number] } };
  picks: {
    key: [string, number, number];
    value: PickRecord;
    indexes: { byRound: [string, number]; bySample: [string, number] };
  };
  checkpoints: { key: [string, number]; value: CheckpointRecord };
  adapters: { key: string; value: AdapterRecord };
  adapterStates: { key: string; value: AdapterState };
  tuning: { key: string; value: TuningRecord };
  settings: { key: string; value: unknown };
}

export type LabDb = IDBPDatabase<LabSchema>;
export type LabStore = StoreNames<LabSchema>;
type Upgrade = IDBPTransaction<LabSchema, LabStore[], "versionchange">;

/** Brings a database of `from` to DB_VERSION, a version at a time, inside the upgrade's transaction. */
export async function upgradeDb(db: LabDb, from: number, tx: Upgrade): Promise<void> {
  if (from < 1) createFirst(db);
  if (from < 2) await toSecond(db, tx, from);
}

function createFirst(db: LabDb): void {
  db.createObjectStore("datasets", { keyPath: "datasetId" });
  db.createObjectStore("samples");
  db.createObjectStore("runs", { keyPath: "runId" }).createIndex("byCreated", "createdAt");
  db.createObjectStore("events", { keyPath: ["runId", "first"] });
}

async function toSecond(db: LabDb, tx: Upgrade, from: number): Promise<void> {
  // Version 1 kept one checkpoint under the run's id; its key path cannot be changed in place.
  const old =
    from === 1 ? ((await tx.objectStore("checkpoints").getAll()) as Omit<CheckpointRecord, "serial">[]) : [];
  if (from === 1) db.deleteObjectStore("checkpoints");
  const checkpoints = db.createObjectStore("checkpoints", { keyPath: ["runId", "serial"] });
  for (const record of old) await checkpoints.put({ ...record, serial: 1 });

  const scores = db.createObjectStore("scores", { keyPath: ["runId", "event"] });
  scores.createIndex("byRound", ["runId", "round"]);
  const picks = db.createObjectStore("picks", { keyPath: ["runId", "event", "rank"] });
  picks.createIndex("byRound", ["runId", "round"]);
  picks.createIndex("bySample", ["runId", "sample"]);
  db.createObjectStore("adapters", { keyPath: "adapterId" });
  db.createObjectStore("adapterStates");
  db.createObjectStore("tuning", { keyPath: "key" });
  db.createObjectStore("settings");

  const counts = new Map<string, number>();
  for (let cursor = await tx.objectStore("events").openCursor(); cursor; cursor = await cursor.continue()) {
    const { runId, first, events } = cursor.value;
    counts.set(runId, first + events.length);
    await fillIndexes(scores, picks, runId, first, events);
  }
  for (let cursor = await tx.objectStore("runs").openCursor(); cursor; cursor = await cursor.continue()) {
    await cursor.update({ ...cursor.value, eventCount: counts.get(cursor.value.runId) ?? 0 });
  }
}
