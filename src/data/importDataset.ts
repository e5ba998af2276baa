// Imports dataset files into the database; built-in pools and a user's own files both come this way.
import { LabError } from "../lib/errors";
import { importDataset, readSamples, findReferenced, type DatasetRecord, type LabDb, type Split } from "./db";
import { readContent, reportTexts, type DatasetOptions, type SampleRow } from "./dataset";
import { leaks, type Compared } from "./dataset/findings";
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
  /** Of the test set, where it has a name. */
  testName?: string;
}

export interface ParsedDataset {
  train: SampleRow[];
  test: SampleRow[];
  /** What a user should know of the rows, a sentence each. */
  notes: string[];
}

/** Parses the files whole, without storing anything. @throws LabError "data" naming file and line. */
export async function parseDataset(files: DatasetFiles): Promise<ParsedDataset> {
  const { rows, report } = await readContent(files.train, files.options);
  const notes = reportTexts(report);
  if (!files.test) {
    const { testShare = 0.1, seed = 1 } = files;
    const parts = splitSamples(rows, { testShare, seed });
    return { ...parts, notes: [...notes, ...leakNote(parts.train, parts.test)] };
  }
  const test = await readContent(files.test, files.options);
  return {
    train: rows,
    test: test.rows,
    notes: [...notes, ...reportTexts(test.report), ...leakNote(rows, test.rows)],
  };
}

/** "3 of 500 rows to study ask what the test asks (row-000004, …)." */
export function leakNote(
  train: readonly (Compared & { sampleId: string })[],
  test: readonly Compared[],
): string[] {
  const found = leaks(train, test);
  if (found.length === 0) return [];
  const first = found.slice(0, 5).map((index) => train[index].sampleId);
  const more = found.length > first.length ? ", …" : "";
  const [rows, ask] = found.length === 1 ? ["row", "asks"] : ["rows", "ask"];
  return [
    `${found.length} of ${train.length} ${rows} to study ${ask} what the test asks (${first.join(", ")}${more}): the test is easier for it.`,
  ];
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
  const { notes, ...parts } = await parseDataset(files);
  const found = about.origin === "file" && notes.length > 0 ? { notes } : {};
  const bytes = files.train.size + (files.test?.size ?? 0);
  const record = await importDataset(db, { ...about, ...found, bytes }, parts);
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

/**
 * Rows of a stored dataset, with its first test set, or the one that is named behind a `#`.
 * @throws LabError "data" when no dataset of that id, or no such test set, is stored.
 */
export async function loadStored(db: LabDb, reference: string): Promise<StoredDataset> {
  const found = await findReferenced(db, reference);
  if (!found)
    throw new LabError("data", `The dataset ${reference} is not stored here.`, "Import its file again.");
  const { record, test, testName } = found;
  const rows = (split: Split) => readSamples(db, record.datasetId, split);
  const parts = { train: await rows("train"), test: await rows(test) };
  return { record, ...parts, ...(testName === "" ? {} : { testName }) };
}
