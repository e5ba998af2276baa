// Imports dataset files into the database; built-in pools and a user's own files both come this way.
import { LabError } from "../lib/errors";
import { importDataset, readSamples, findDataset, type DatasetRecord, type LabDb } from "./db";
import { readDataset, type SampleRow } from "./dataset";
import type { DatasetOptions } from "./dataset/columns";
import type { ByteSource } from "./files";
import { splitSamples } from "./split";

export interface DatasetFiles {
  train: ByteSource;
  /** Left out: a seeded share of the train file is held out. */
  test?: ByteSource | null;
  options?: DatasetOptions;
  /** 0 … 1, used without a test file. */
  testShare?: number;
  seed?: number;
}

export interface StoredDataset {
  record: DatasetRecord;
  train: SampleRow[];
  test: SampleRow[];
}

/** Parses the files whole, without storing anything. @throws LabError "data" naming file and line. */
export async function parseDataset(files: DatasetFiles): Promise<{ train: SampleRow[]; test: SampleRow[] }> {
  const train = await readDataset(files.train, files.options);
  if (!files.test) return splitSamples(train, { testShare: files.testShare ?? 0.1, seed: files.seed ?? 1 });
  return { train, test: await readDataset(files.test, files.options) };
}

/**
 * Parses the files and stores them under the id, replacing what was there: everything or nothing.
 * @throws LabError "data" for the files, "storage" for the database.
 */
export async function importFiles(
  db: LabDb,
  about: Pick<DatasetRecord, "datasetId" | "name" | "origin" | "revision">,
  files: DatasetFiles,
): Promise<StoredDataset> {
  const parts = await parseDataset(files);
  const bytes = files.train.size + (files.test?.size ?? 0);
  const record = await importDataset(db, { ...about, bytes }, parts);
  return { record, ...parts };
}

/** The name with the lowest number behind it that is not taken: `rows.jsonl` → `rows (2).jsonl`. */
export function freeName(name: string, taken: readonly string[]): string {
  const [, stem, ending] = /^(.*?)(\.\w+)?$/s.exec(name) ?? [];
  for (let n = 2; ; n++) {
    const free = `${stem} (${n})${ending ?? ""}`;
    if (!taken.includes(free)) return free;
  }
}

/** @throws LabError "data" when no dataset of that id is stored. */
export async function loadStored(db: LabDb, datasetId: string): Promise<StoredDataset> {
  const record = await findDataset(db, datasetId);
  if (!record)
    throw new LabError("data", `The dataset ${datasetId} is not stored here.`, "Import its file again.");
  const [train, test] = await Promise.all([
    readSamples(db, datasetId, "train"),
    readSamples(db, datasetId, "test"),
  ]);
  return { record, train, test };
}
