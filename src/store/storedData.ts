// What this browser stores for the user: runs, datasets, adapters. One function for each thing a panel does with them.
import type { DatasetRecord } from "../data/db";
import { LabError } from "../lib/errors";
import type { RunEvent } from "../lib/events";
import { findBaseline } from "./baseline";
import { withDb, withStored } from "./database";
import { askData, type NameTaken } from "./dataWorker";
import { changeSettings, lab, showRun } from "./lab";
import { Player } from "./player";

export type { NameTaken } from "./dataWorker";
export type { AdapterRecord, DatasetRecord, RunRecord } from "../data/db";

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
/** Hides a dataset: it can be restored until `clearHiddenDatasets`. */
export const hideDataset = (datasetId: string) => withDb((db, data) => data.hideDataset(db, datasetId));
export const restoreDataset = (datasetId: string) => withDb((db, data) => data.restoreDataset(db, datasetId));
/** Frees the space of the hidden ones; makes no database where there is none. */
export const clearHiddenDatasets = () => withStored((db, data) => data.clearHidden(db));

/** @throws LabError "data" where another dataset has the name */
export async function renameDataset(datasetId: string, name: string): Promise<void> {
  const { freeName } = await import("../data/importDataset");
  await withDb(async (db, data) => {
    const taken = await data.findDataset(db, name);
    if (taken && taken.datasetId !== datasetId) {
      const free = freeName(name, namesOf(await data.listDatasets(db)));
      const hint = `Choose another name, ${free} say.`;
      throw new LabError("data", `Another dataset is called ${name} already.`, hint, { datasetId, free });
    }
    await data.renameDataset(db, datasetId, name);
  });
}

/** A name close to this one that no dataset has. */
export async function unusedName(name: string): Promise<string> {
  const { freeName } = await import("../data/importDataset");
  return withDb(async (db, data) => freeName(name, namesOf(await data.listDatasets(db))));
}

const namesOf = (records: readonly DatasetRecord[]): string[] =>
  records.flatMap(({ datasetId, name }) => [datasetId, name]);

/** Rows of a dataset; null where it is not stored. */
export const storedRowCount = (datasetId: string) =>
  withStored(async (db, data) => {
    const found = await data.findDataset(db, datasetId);
    return found ? found.train + found.test : null;
  });

/** The stored dataset that has the name already; null where it is free. Its rows are compared by the data worker. */
export const nameTaken = (name: string): Promise<NameTaken | null> => askData("stored.named", { name });

/** Puts this dataset into the settings. @param testSet the name of another test set than its first */
export function studyDataset({ datasetId, train, test }: DatasetRecord, testSet?: string): void {
  lab.setState(({ datasetRows }) => ({ datasetRows: { ...datasetRows, [datasetId]: train + test } }));
  const source = `stored:${datasetId}`;
  changeSettings({
    ...lab.getState().changes,
    "data.train": source,
    "data.test": testSet === undefined ? source : `${source}#${testSet}`,
  });
}

export const storedAdapters = () => withDb((db, data) => data.listAdapters(db));
export const removeAdapter = (adapterId: string) => withDb((db, data) => data.deleteAdapter(db, adapterId));
