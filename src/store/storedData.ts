// What this browser stores for the user: runs, datasets, adapters. One function for each thing a panel does with them.
import type { DatasetRecord } from "../data/db";
import type { DatasetOptions } from "../data/dataset";
import { blobSource } from "../data/files";
import type { RunEvent } from "../lib/events";
import { findBaseline } from "./baseline";
import { withDb, withStored } from "./database";
import { changeSettings, lab, showRun } from "./lab";
import { requestPersistence } from "./persistence";
import { Player } from "./player";

export type { AdapterRecord, DatasetRecord, RunRecord } from "../data/db";

/** Share of a file's rows that is held out for testing, drawn by the seed. */
const TEST_SHARE = 0.1;
const SEED = 1;

export const storedRuns = () => withDb((db, data) => data.listRuns(db));
export const removeRun = (runId: string) => withDb((db, data) => data.deleteRun(db, runId));
/** The newest run, or null; makes no database where there is none. */
export const newestStoredRun = () => withStored(async (db, data) => (await data.newestRun(db)) ?? null);

export function eventsOfRun(runId: string): Promise<RunEvent[]> {
  return withDb((db, data) => data.readEvents(db, runId));
}

/** Puts a stored run on the page, at its end. */
export async function openStoredRun(runId: string): Promise<void> {
  const player = new Player("stored");
  player.append(await eventsOfRun(runId));
  player.close();
  showRun(player, null);
  player.seek(player.outline.endMs);
  void findBaseline(player);
}

/** The datasets the user imported; the built-in ones are not among them. */
export const storedDatasets = () =>
  withDb(async (db, data) => (await data.listDatasets(db)).filter(({ origin }) => origin !== "builtin"));
export const removeDataset = (datasetId: string) => withDb((db, data) => data.deleteDataset(db, datasetId));

/** Rows of a dataset; null where it is not stored. */
export const storedRowCount = (datasetId: string) =>
  withStored(async (db, data) => {
    const found = await data.findDataset(db, datasetId);
    return found ? found.train + found.test : null;
  });

/** A stored dataset that already has the name of a new one. */
export interface NameTaken {
  record: DatasetRecord;
  /** What the new one is called when both are kept. */
  free: string;
  /** Unfinished runs that were started with the stored one. */
  runs: number;
}

export async function nameTaken(name: string): Promise<NameTaken | null> {
  const { freeName } = await import("../data/importDataset");
  return withDb(async (db, data) => {
    const record = await data.findDataset(db, name);
    if (!record) return null;
    const names = (await data.listDatasets(db)).map(({ datasetId }) => datasetId);
    const runs = (await data.unfinishedRunsOn(db, record.datasetId)).length;
    return { record, free: freeName(name, names), runs };
  });
}

/** Reads the whole file and keeps it under the name, in place of what had it. @throws LabError "data", "storage" */
export async function storeDataset(
  file: File,
  options: DatasetOptions,
  datasetId: string,
): Promise<DatasetRecord> {
  void requestPersistence();
  const { importFiles } = await import("../data/importDataset");
  const { record } = await withDb((db) =>
    importFiles(
      db,
      { datasetId, name: datasetId, origin: "file", revision: 1 },
      { train: blobSource(file), options, testShare: TEST_SHARE, seed: SEED },
    ),
  );
  return record;
}

/** Puts this dataset into the settings. */
export function studyDataset({ datasetId, train, test }: DatasetRecord): void {
  lab.setState(({ datasetRows }) => ({ datasetRows: { ...datasetRows, [datasetId]: train + test } }));
  const source = `stored:${datasetId}`;
  changeSettings({ ...lab.getState().changes, "data.train": source, "data.test": source });
}

export const storedAdapters = () => withDb((db, data) => data.listAdapters(db));
export const removeAdapter = (adapterId: string) => withDb((db, data) => data.deleteAdapter(db, adapterId));
