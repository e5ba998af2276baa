// Datasets and their samples.
import type { SampleRow } from "../dataset";
import { inTransaction, later, storedBytes } from "./open";
import type { DatasetRecord, LabDb, Split } from "./schema";

/** Stores a dataset and all its samples, or nothing. One of the same id is replaced. @throws LabError "storage" */
export async function importDataset(
  db: LabDb,
  about: Omit<DatasetRecord, "train" | "test" | "createdAt"> & { createdAt?: number },
  parts: { train: readonly SampleRow[]; test: readonly SampleRow[] },
): Promise<DatasetRecord> {
  const record = { createdAt: Date.now(), ...about, train: parts.train.length, test: parts.test.length };
  const needed = storedBytes([...parts.train, ...parts.test]);
  await inTransaction(db, ["datasets", "samples"], `store the dataset ${about.name}`, needed, async (tx) => {
    const samples = tx.objectStore("samples");
    later(samples.delete(samplesOf(about.datasetId)));
    for (const split of ["train", "test"] as const) {
      parts[split].forEach((row, index) => later(samples.put(row, [about.datasetId, split, index])));
    }
    await tx.objectStore("datasets").put(record);
  });
  return record;
}

/** Newest first. */
export async function listDatasets(db: LabDb): Promise<DatasetRecord[]> {
  return (await db.getAll("datasets")).sort(
    (a, b) => b.createdAt - a.createdAt || a.name.localeCompare(b.name),
  );
}

export async function findDataset(db: LabDb, datasetId: string): Promise<DatasetRecord | null> {
  return (await db.get("datasets", datasetId)) ?? null;
}

/** In the order of the file. */
export async function readSamples(db: LabDb, datasetId: string, split: Split): Promise<SampleRow[]> {
  return db.getAll("samples", samplesOf(datasetId, split));
}

export async function deleteDataset(db: LabDb, datasetId: string): Promise<void> {
  await inTransaction(db, ["datasets", "samples"], "delete the dataset", 0, async (tx) => {
    later(tx.objectStore("samples").delete(samplesOf(datasetId)));
    await tx.objectStore("datasets").delete(datasetId);
  });
}

/** An array sorts behind every number and text: `[id, []]` is behind all keys that begin with the id. */
function samplesOf(datasetId: string, split?: Split): IDBKeyRange {
  return split
    ? IDBKeyRange.bound([datasetId, split], [datasetId, split, []])
    : IDBKeyRange.bound([datasetId], [datasetId, []]);
}
