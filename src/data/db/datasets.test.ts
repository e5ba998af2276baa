// Stored datasets as the data page treats them: hidden and restored, renamed, copied, with several test sets.
import "fake-indexeddb/auto";
import { deleteDB } from "idb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SampleRow } from "../dataset";
import * as store from "../db";
import type { LabDb } from "../db";

let db: LabDb;
beforeEach(async () => {
  db = await store.openLabDb("datasets-test");
});
afterEach(async () => {
  db.close();
  await deleteDB("datasets-test");
});

const rows = (count: number, name = "s"): SampleRow[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ sampleId: `${name}${i}`, prompt: `${name}${i}?`, answer: `${i}`, extra: {} },
  }));
const about = (datasetId: string) => ({
  ...{ datasetId, name: datasetId, origin: "file" as const, revision: 1, bytes: 10 },
});
const names = async () => (await store.listDatasets(db)).map(({ name }) => name).sort();

describe("a deleted dataset", () => {
  it("is hidden, comes back whole, and is gone once it is cleared away", async () => {
    await store.importDataset(db, about("a"), { train: rows(5), test: rows(2) });
    await store.importDataset(db, about("b"), { train: rows(1), test: [] });
    await store.hideDataset(db, "a");
    expect([await names(), await store.findDataset(db, "a")]).toEqual([["b"], null]);
    await store.restoreDataset(db, "a");
    expect(await names()).toEqual(["a", "b"]);
    expect(await store.readSamples(db, "a", "train")).toEqual(rows(5));
    await store.hideDataset(db, "a");
    await store.clearHidden(db);
    expect(await db.count("samples")).toBe(1);
    await expect(store.restoreDataset(db, "a")).rejects.toThrow(/a is not stored here any more/);
  });

  it("gives way to a new one of its name, which restoring does not touch", async () => {
    await store.importDataset(db, about("a"), { train: rows(5), test: [] });
    await store.hideDataset(db, "a");
    await store.importDataset(db, about("a"), { train: rows(2, "new"), test: [] });
    await expect(store.restoreDataset(db, "a")).rejects.toThrow();
    await store.clearHidden(db);
    expect(await store.readSamples(db, "a", "train")).toEqual(rows(2, "new"));
  });
});

describe("a renamed dataset", () => {
  it("is found by its id, as runs name it, and by its name", async () => {
    await store.importDataset(db, about("a"), { train: rows(3), test: [] });
    await store.renameDataset(db, "a", "sums");
    expect(await store.findDataset(db, "a")).toMatchObject({ datasetId: "a", name: "sums" });
    expect(await store.findDataset(db, "sums")).toMatchObject({ datasetId: "a" });
  });
});

describe("several test sets", () => {
  const tests = [
    { name: "easy", rows: 2 },
    { name: "hard", rows: 3 },
  ];
  const parts = { train: rows(4), test: rows(2, "e"), more: [{ name: "hard", rows: rows(3, "h") }] };

  it("are named behind a #, are copied with the rest, and deleted with it", async () => {
    await store.importDataset(db, { ...about("a"), tests }, parts);
    expect(await store.findReferenced(db, "a")).toMatchObject({ test: "test", testName: "easy" });
    expect(await store.findReferenced(db, "a#easy")).toMatchObject({ test: "test", testName: "easy" });
    expect(await store.findReferenced(db, "a#hard")).toMatchObject({ test: "test:hard", testName: "hard" });
    expect(await store.findReferenced(db, "a#other")).toBeNull();
    await store.copyDataset(db, "a", "b");
    await store.deleteDataset(db, "a");
    expect(await store.readSamples(db, "b", "test:hard")).toEqual(rows(3, "h"));
    expect(await db.count("samples")).toBe(9);
  });

  it("do not hide a dataset whose own name has a #", async () => {
    await store.importDataset(db, about("a#hard"), { train: rows(1), test: [] });
    await store.importDataset(db, { ...about("a"), tests }, parts);
    expect((await store.findReferenced(db, "a#hard"))?.record.datasetId).toBe("a#hard");
  });
});
