// Twelve formats, each clean, with 3 % of rows that cannot be used, and with 10,000 rows: seen before the import, imported
// and kept, the same questions in each.
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { LabError } from "../lib/errors";
import { previewDataset, readContent } from "./dataset";
import { openLabDb } from "./db";
import { memorySource, type ByteSource } from "./files";
import { importFiles, loadStored } from "./importDataset";
import { DATASET_FILES, questions, type Question } from "./testing/datasetFiles";

const FORMATS = Object.entries(DATASET_FILES);
const COUNT = 200;
/** Every 33rd row has no answer: 3 %. */
const dirty = (rows: readonly Question[]): Question[] =>
  rows.map((row, i) => (i % 33 === 32 ? { ...row, answer: "" } : row));
const asked = (rows: readonly { prompt: string; answer: string }[]): Set<string> =>
  new Set(rows.map(({ prompt, answer }) => `${prompt}\n${answer}`));

/** Kept under the file's name, and read again. */
async function kept(source: ByteSource, unusable: "refuse" | "leave out") {
  const db = await openLabDb(source.name);
  try {
    const about = { datasetId: source.name, name: source.name, origin: "file", revision: 1 } as const;
    await importFiles(db, about, { train: source, testShare: 0.1, seed: 1, options: { unusable } });
    const { record, train, test } = await loadStored(db, source.name);
    return { record, train, test };
  } finally {
    db.close();
  }
}

it("has twelve formats", () => expect(FORMATS.length).toBe(12));

describe.each(FORMATS)("%s", (name, write) => {
  it("clean", async () => {
    const rows = questions(COUNT);
    const source = memorySource(name, write(rows));
    const { samples, refusal } = await previewDataset(source, 20);
    expect(refusal).toBe(null);
    expect(asked(samples)).toEqual(asked(rows.slice(0, 20)));
    const { train, test } = await kept(source, "refuse");
    expect(test.length).toBe(COUNT / 10);
    expect(asked([...train, ...test])).toEqual(asked(rows));
  });

  it("with 3 % of rows that cannot be used", async () => {
    const rows = dirty(questions(COUNT));
    const good = rows.filter(({ answer }) => answer !== "");
    expect(COUNT - good.length).toBe(6);
    const source = memorySource(name, write(rows));
    const { refusal } = await previewDataset(source, 40);
    expect(refusal).toBeInstanceOf(LabError);
    // All of them in one go, with the first one's place.
    const thrown: unknown = await readContent(source).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(LabError);
    expect((thrown as LabError).code).toBe("data");
    expect((thrown as LabError).message).toMatch(/(?:line|row) \d+.*5 more rows cannot be used/s);
    const { record, train, test } = await kept(source, "leave out");
    expect(asked([...train, ...test])).toEqual(asked(good));
    expect(record.notes?.join(" ")).toMatch(/6 rows/);
  });

  it("with 10,000 rows", { timeout: 120_000 }, async () => {
    const rows = questions(10_000);
    const source = memorySource(name, write(rows));
    const { samples } = await previewDataset(source, 20);
    expect(samples.length).toBe(20);
    const { record, train, test } = await kept(source, "refuse");
    expect(train.length + test.length).toBe(10_000);
    expect(record.bytes).toBe(source.size);
    expect(asked([...train, ...test]).size).toBe(10_000);
  });
});
