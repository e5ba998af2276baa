// Datasets and their samples. One that a person deletes is first only hidden, so that it can be restored.
import { LabError } from "../../lib/errors";
import type { SampleRow } from "../dataset";
import { inTransaction, later, storedBytes } from "./open";
import type { DatasetRecord, LabDb, Split } from "./schema";

export interface DatasetParts {
  train: readonly SampleRow[];
  test: readonly SampleRow[];
  /** Further test sets. */
  more?: readonly { name: string; rows: readonly SampleRow[] }[];
}

/** Stores a dataset and all its samples, or nothing. One of the same id is replaced. @throws LabError "storage" */
export async function importDataset(
  db: LabDb,
  about: Omit<DatasetRecord, "train" | "test" | "createdAt"> & { createdAt?: number },
  { train, test, more = [] }: DatasetParts,
): Promise<DatasetRecord> {
  const record = { createdAt: Date.now(), ...about, train: train.length, test: test.length };
  const splits: [Split, readonly SampleRow[]][] = [
    ["train", train],
    ["test", test],
    ...more.map(({ name, rows }): [Split, readonly SampleRow[]] => [`test:${name}`, rows]),
  ];
  const needed = storedBytes(splits.flatMap(([, rows]) => rows));
  await inTransaction(db, ["datasets", "samples"], `store the dataset ${about.name}`, needed, async (tx) => {
    const samples = tx.objectStore("samples");
    later(samples.delete(samplesOf(about.datasetId)));
    for (const [split, rows] of splits)
      rows.forEach((row, index) => later(samples.put(row, [about.datasetId, split, index])));
    await tx.objectStore("datasets").put(record);
  });
  return record;
}

/** Newest first; without the deleted ones. */
export async function listDatasets(db: LabDb): Promise<DatasetRecord[]> {
  return (await db.getAll("datasets"))
    .filter(({ deletedAt }) => deletedAt === undefined)
    .sort((a, b) => b.createdAt - a.createdAt || a.name.localeCompare(b.name));
}

/** By its id, or by the name it was given later. */
export async function findDataset(db: LabDb, idOrName: string): Promise<DatasetRecord | null> {
  const found = await db.get("datasets", idOrName);
  if (found && found.deletedAt === undefined) return found;
  return (await listDatasets(db)).find(({ name }) => name === idOrName) ?? null;
}

/** What `NAME` or `NAME#TEST` means: a dataset, and the test set of it that is named. */
export async function findReferenced(
  db: LabDb,
  reference: string,
): Promise<{ record: DatasetRecord; test: Split; testName: string } | null> {
  const whole = await findDataset(db, reference);
  if (whole) return { record: whole, test: "test", testName: whole.tests?.[0]?.name ?? "" };
  const at = reference.lastIndexOf("#");
  const record = at < 0 ? null : await findDataset(db, reference.slice(0, at));
  const place = record?.tests?.findIndex(({ name }) => name === reference.slice(at + 1)) ?? -1;
  if (!record || place < 0) return null;
  const testName = reference.slice(at + 1);
  return { record, test: place === 0 ? "test" : `test:${testName}`, testName };
}

/** In the order of the file. */
export async function readSamples(db: LabDb, datasetId: string, split: Split): Promise<SampleRow[]> {
  return db.getAll("samples", samplesOf(datasetId, split));
}

/** Gives a dataset another name; runs and links that name it by its id still find it. @throws LabError "data", "storage" */
export async function renameDataset(db: LabDb, datasetId: string, name: string): Promise<void> {
  await change(db, datasetId, "rename the dataset", (record) => ({ ...record, name }));
}

export async function deleteDataset(db: LabDb, datasetId: string): Promise<void> {
  await inTransaction(db, ["datasets", "samples"], "delete the dataset", 0, async (tx) => {
    later(tx.objectStore("samples").delete(samplesOf(datasetId)));
    await tx.objectStore("datasets").delete(datasetId);
  });
}

/** Hides a dataset until it is restored or cleared away. @throws LabError "data", "storage" */
export async function hideDataset(db: LabDb, datasetId: string): Promise<void> {
  const deletedAt = Date.now();
  await change(db, datasetId, "delete the dataset", (record) => ({ ...record, deletedAt }));
}

/** @throws LabError "data" where it was cleared away or replaced since */
export async function restoreDataset(db: LabDb, datasetId: string): Promise<void> {
  await change(db, datasetId, "restore the dataset", ({ deletedAt, ...record }) => {
    if (deletedAt === undefined) throw gone(datasetId);
    return record;
  });
}

/** Frees the space of the hidden ones. */
export async function clearHidden(db: LabDb): Promise<void> {
  for (const { datasetId, deletedAt } of await db.getAll("datasets"))
    if (deletedAt !== undefined) await deleteDataset(db, datasetId);
}

/** Stores all of a dataset a second time. @param datasetId of the copy, and its name */
export async function copyDataset(db: LabDb, from: string, datasetId: string): Promise<DatasetRecord> {
  const record = await findDataset(db, from);
  if (!record) throw gone(from);
  const [train, test] = [
    await readSamples(db, record.datasetId, "train"),
    await readSamples(db, record.datasetId, "test"),
  ];
  const more = await Promise.all(
    (record.tests ?? []).slice(1).map(async ({ name }) => ({
      name,
      rows: await readSamples(db, record.datasetId, `test:${name}`),
    })),
  );
  const about = { ...record, datasetId, name: datasetId, createdAt: Date.now() };
  return importDataset(db, about, { train, test, more });
}

async function change(
  db: LabDb,
  datasetId: string,
  what: string,
  changed: (record: DatasetRecord) => DatasetRecord,
): Promise<void> {
  await inTransaction(db, ["datasets"], what, 0, async (tx) => {
    const record = await tx.objectStore("datasets").get(datasetId);
    if (!record) throw gone(datasetId);
    await tx.objectStore("datasets").put(changed(record));
  });
}

const gone = (datasetId: string): LabError =>
  new LabError("data", `The dataset ${datasetId} is not stored here any more.`, "Import its file again.");

/** An array sorts behind every number and text: `[id, []]` is behind all keys that begin with the id. */
function samplesOf(datasetId: string, split?: Split): IDBKeyRange {
  return split
    ? IDBKeyRange.bound([datasetId, split], [datasetId, split, []])
    : IDBKeyRange.bound([datasetId], [datasetId, []]);
}
