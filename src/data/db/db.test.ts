// The database: all-or-nothing writes, the log and its indexes, checkpoints, and the way up from version 1.
import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LabError } from "../../lib/errors";
import type { RunEvent, RunIdentity } from "../../lib/events";
import * as store from "../db";
import type { LabDb } from "../db";
import type { SampleRow } from "../dataset";
import { rowsHash } from "../identity";
import { compact, storedBytes } from "./open";
import { DB_VERSION } from "./schema";
import version1 from "./version1.fixture.json";

let db: LabDb;
beforeEach(async () => {
  db = await store.openLabDb("test");
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  db.close();
  await deleteDB("test");
});

const rows = (count: number): SampleRow[] =>
  Array.from({ length: count }, (_, i) => ({
    sampleId: `s${i}`,
    prompt: `p${i}`,
    answer: `${i}`,
    extra: {},
  }));
const about = { datasetId: "d", name: "mine", origin: "file" as const, revision: 1, bytes: 10 };
const note = (text: string): RunEvent => ({ atMs: 0, type: "note", code: "x", text });
const scored = (round: number, values: (number | null)[]): RunEvent => ({
  ...{ atMs: 0, type: "pool.scored", round, step: 0, signal: "entropy", unit: "nats", estimator: "prefix" },
  ...{ prefixTokens: 8, values, tokens: 1, elapsedMs: 1 },
});
const selected = (round: number, samples: number[]): RunEvent => ({
  ...{
    atMs: 0,
    type: "round.selected",
    round,
    threshold: null,
    missed: [],
    new: 0,
    overlap: 0,
    meanScore: null,
    scored: 0,
  },
  picks: samples.map((sample, i) => ({
    ...{ sample, rank: i + 1, score: 1, pickedBefore: [], previousScore: null, reason: "top-score" },
  })),
});
const newRun = (runId = "r") =>
  store.createRun(db, { runId, name: "a run", config: { seed: 1 }, seed: 1, createdAt: 5 });

/** Counts of every store, to see that a failed write left nothing. */
async function counts(): Promise<Record<string, number>> {
  const names = [...db.objectStoreNames];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await db.count(name)] as const)),
  );
}

/** The browser's own error from the `after`-th write on. */
function fullDisk(after: number): void {
  const put = IDBObjectStore.prototype.put;
  let writes = 0;
  vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
    if (++writes > after) throw new DOMException("no room", "QuotaExceededError");
    return put.apply(this, args);
  });
}

describe("datasets", () => {
  it("come back as stored, in order, by part", async () => {
    await store.importDataset(db, about, { train: rows(300), test: rows(3) });
    expect(await store.readSamples(db, "d", "train")).toEqual(rows(300));
    expect((await store.readSamples(db, "d", "test")).length).toBe(3);
    expect(
      (await store.listDatasets(db)).map(({ datasetId, train, test }) => [datasetId, train, test]),
    ).toEqual([["d", 300, 3]]);
  });

  it("are replaced whole and deleted whole, others untouched", async () => {
    await store.importDataset(db, about, { train: rows(5), test: rows(5) });
    await store.importDataset(db, { ...about, datasetId: "d2" }, { train: rows(4), test: [] });
    await store.importDataset(db, about, { train: rows(2), test: [] });
    expect((await store.readSamples(db, "d", "train")).length).toBe(2);
    expect(await store.readSamples(db, "d", "test")).toEqual([]);
    await store.deleteDataset(db, "d");
    expect(await counts()).toMatchObject({ datasets: 1, samples: 4 });
  });

  it("leave nothing when the import breaks off, and keep what was there", async () => {
    await store.importDataset(db, about, { train: rows(5), test: [] });
    const before = await counts();
    fullDisk(3);
    // The quota seems ample: the disk itself is full.
    vi.stubGlobal("navigator", { storage: { estimate: async () => ({ quota: 1e12, usage: 0 }) } });
    const error = await store
      .importDataset(db, about, { train: rows(50), test: [] })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "LabError", code: "storage" });
    expect((error as LabError).message).toMatch(
      /could not store the dataset mine: .* are needed, but its storage is full/,
    );
    vi.restoreAllMocks();
    expect(await counts()).toEqual(before);
    expect((await store.readSamples(db, "d", "train")).length).toBe(5);
  });

  it("are refused before writing when the quota will not hold them, with both numbers", async () => {
    vi.stubGlobal("navigator", { storage: { estimate: async () => ({ quota: 5000, usage: 4000 }) } });
    const error = await store
      .importDataset(db, about, { train: rows(50), test: [] })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "storage", facts: { freeBytes: 1000 } });
    expect((error as LabError).facts.neededBytes).toBeGreaterThan(1000);
    expect((error as LabError).message).toContain("only 1.0 kB are free");
    expect(await counts()).toMatchObject({ datasets: 0, samples: 0 });
  });

  it("map an abort by the browser itself", async () => {
    const open = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
      const tx = open.apply(this, args);
      queueMicrotask(() => tx.abort());
      return tx;
    });
    await expect(store.importDataset(db, about, { train: rows(9), test: [] })).rejects.toMatchObject({
      code: "storage",
    });
    vi.restoreAllMocks();
    expect(await counts()).toMatchObject({ datasets: 0, samples: 0 });
  });
});

describe("runs", () => {
  it("keep their log in order and number it without gaps", async () => {
    await newRun();
    expect(await store.appendEvents(db, "r", 0, [note("a"), note("b")])).toBe(2);
    expect(await store.appendEvents(db, "r", 2, [note("c")])).toBe(3);
    await expect(store.appendEvents(db, "r", 2, [note("again")])).rejects.toMatchObject({ code: "internal" });
    await expect(store.appendEvents(db, "r", 4, [note("gap")])).rejects.toThrow(/has 3 events/);
    const texts = (await store.readEvents(db, "r")).map((event) => event.type === "note" && event.text);
    expect(texts).toEqual(["a", "b", "c"]);
    expect(await store.readEvents(db, "r", 1)).toEqual([note("b"), note("c")]);
    expect((await store.findRun(db, "r"))!.eventCount).toBe(3);
  });

  it("keep the log apart from that of a run whose id begins the same", async () => {
    await newRun("r");
    await newRun("r2");
    await store.appendEvents(db, "r", 0, [note("r")]);
    await store.appendEvents(db, "r2", 0, [note("r2")]);
    await store.deleteRun(db, "r");
    expect(await store.readEvents(db, "r2")).toEqual([note("r2")]);
    expect(await counts()).toMatchObject({ runs: 1, events: 1 });
    await expect(store.appendEvents(db, "r", 0, [note("x")])).rejects.toMatchObject({ code: "storage" });
    await expect(store.createRun(db, { runId: "r2", name: "", config: {}, seed: 0 })).rejects.toMatchObject({
      code: "storage",
    });
  });

  it("index scores and picks, unscored as NaN", async () => {
    await newRun();
    await store.appendEvents(db, "r", 0, [
      scored(1, [1, null]),
      selected(1, [1, 0]),
      scored(2, [2, 3]),
      selected(2, [1]),
    ]);
    const [first] = await store.readScores(db, "r", 1);
    expect([...first!.values]).toEqual([1, NaN]);
    expect((await store.readScores(db, "r")).map(({ round, event }) => [round, event])).toEqual([
      [1, 0],
      [2, 2],
    ]);
    expect((await store.readPicks(db, "r", 1)).map(({ sample, rank }) => [sample, rank])).toEqual([
      [1, 1],
      [0, 2],
    ]);
    expect((await store.readPicksOfSample(db, "r", 1)).map(({ round }) => round)).toEqual([1, 2]);
  });

  it("store events and their indexes together or not at all", async () => {
    await newRun();
    fullDisk(2);
    await expect(store.appendEvents(db, "r", 0, [scored(1, [1]), selected(1, [0])])).rejects.toMatchObject({
      code: "storage",
    });
    vi.restoreAllMocks();
    expect(await counts()).toMatchObject({ runs: 1, events: 0, scores: 0, picks: 0 });
    expect((await store.findRun(db, "r"))!.eventCount).toBe(0);
  });

  it.each([0, 1, 2, 3, 4, 5, 9])("cut the log to %i events, indexes included", async (count) => {
    await newRun();
    const events = [note("a"), scored(1, [1]), selected(1, [0]), note("b"), selected(2, [0, 1])];
    await store.appendEvents(db, "r", 0, events.slice(0, 3));
    await store.appendEvents(db, "r", 3, events.slice(3));
    await store.truncateEvents(db, "r", count);
    const kept = events.slice(0, count);
    expect(await store.readEvents(db, "r")).toEqual(kept);
    expect((await store.readScores(db, "r")).length).toBe(
      kept.filter((event) => event.type === "pool.scored").length,
    );
    const picks = kept.flatMap((event) => (event.type === "round.selected" ? event.picks : []));
    expect((await store.readPicks(db, "r")).length).toBe(picks.length);
    expect(await store.appendEvents(db, "r", kept.length, [note("on")])).toBe(kept.length + 1);
  });

  it("are listed newest first and can be changed", async () => {
    await newRun("old");
    await store.createRun(db, { runId: "new", name: "b", config: {}, seed: 2, createdAt: 9 });
    expect((await store.listRuns(db)).map(({ runId }) => runId)).toEqual(["new", "old"]);
    await store.updateRun(db, "old", { status: "failed", reason: "lost" });
    expect(await store.findRun(db, "old")).toMatchObject({ status: "failed", reason: "lost", name: "a run" });
  });
});

describe("checkpoints", () => {
  const state = (value: number) => ({
    adapter: new Map([["w", { shape: [1, 2], values: Float32Array.of(value, -0) }]]),
    rng: [1, 2],
  });

  it("keep the newest two and give back the same bits", async () => {
    await newRun();
    await store.appendEvents(db, "r", 0, [note("a"), note("b"), note("c")]);
    for (const step of [1, 2, 3])
      await store.saveCheckpoint(db, "r", { round: 1, step, eventCount: step, state: state(step) });
    expect(await db.count("checkpoints")).toBe(2);
    const found = (await store.loadCheckpoint(db, "r"))!;
    expect(found).toMatchObject({ step: 3, eventCount: 3 });
    expect(found.state).toEqual(state(3));
  });

  it("fall back to the one before when the newest belongs to events that are gone", async () => {
    await newRun();
    await store.appendEvents(db, "r", 0, [note("a"), note("b")]);
    await store.saveCheckpoint(db, "r", { round: 1, step: 1, eventCount: 1, state: state(1) });
    await store.saveCheckpoint(db, "r", { round: 1, step: 2, eventCount: 2, state: state(2) });
    await store.truncateEvents(db, "r", 1);
    expect(await store.loadCheckpoint(db, "r")).toMatchObject({ step: 1 });
    await store.truncateEvents(db, "r", 0);
    expect(await store.loadCheckpoint(db, "r")).toBeNull();
    expect(await store.loadCheckpoint(db, "other")).toBeNull();
  });

  it("keep the older ones when the disk is full", async () => {
    await newRun();
    await store.appendEvents(db, "r", 0, [note("a")]);
    await store.saveCheckpoint(db, "r", { round: 1, step: 1, eventCount: 1, state: state(1) });
    fullDisk(0);
    const failing = store.saveCheckpoint(db, "r", { round: 1, step: 2, eventCount: 1, state: state(2) });
    await expect(failing).rejects.toThrow(/could not save the checkpoint/);
    vi.restoreAllMocks();
    expect(await store.loadCheckpoint(db, "r")).toMatchObject({ step: 1 });
    await expect(
      store.saveCheckpoint(db, "gone", { round: 1, step: 1, eventCount: 0, state: null }),
    ).rejects.toMatchObject({ code: "storage" });
  });

  it("store windows of a large buffer as windows only", () => {
    const large = new Float32Array(1000);
    const cut = compact({ part: large.subarray(10, 12), list: [large] }) as {
      part: Float32Array;
      list: Float32Array[];
    };
    expect(cut.part.buffer.byteLength).toBe(8);
    expect(cut.list[0]).toBe(large);
    expect(storedBytes(new Map([["a", large.subarray(0, 2)]]))).toBeLessThan(100);
  });
});

describe("library", () => {
  it("keeps adapters apart from their weights, kernel choices and settings", async () => {
    const config = { rank: 2, alpha: 4, targets: ["q_proj" as const], useRslora: false, layers: null };
    const state = new Map([["a", { shape: [1, 2] as [number, number], values: Float32Array.of(1, 2) }]]);
    await store.saveAdapter(
      db,
      { adapterId: "a", name: "mine", runId: null, model: "builtin:tiny", config, createdAt: 1 },
      state,
    );
    expect((await store.listAdapters(db))[0]).toMatchObject({ name: "mine", config });
    expect((await store.loadAdapter(db, "a"))!.state).toEqual(state);
    await store.deleteAdapter(db, "a");
    expect(await store.loadAdapter(db, "a")).toBeNull();
    expect(await counts()).toMatchObject({ adapters: 0, adapterStates: 0 });

    await store.saveTuning(db, "gpu/7", { matmul: "vec4" });
    expect((await store.readTuning(db, "gpu/7"))!.choices).toEqual({ matmul: "vec4" });
    await store.clearTuning(db);
    expect(await store.readTuning(db, "gpu/7")).toBeNull();
    await store.saveSetting(db, "theme", "dark");
    expect(await store.readSetting(db, "theme")).toBe("dark");
  });
});

/** The stores as version 1 made them. */
const openVersion1 = () =>
  openDB("test", 1, {
    upgrade(first) {
      first.createObjectStore("datasets", { keyPath: "datasetId" });
      first.createObjectStore("samples");
      first.createObjectStore("runs", { keyPath: "runId" }).createIndex("byCreated", "createdAt");
      first.createObjectStore("events", { keyPath: ["runId", "first"] });
      first.createObjectStore("checkpoints", { keyPath: "runId" });
    },
  });

describe("versions", () => {
  it("brings version 1 up to date with everything in it", async () => {
    db.close();
    await deleteDB("test");
    const old = await openVersion1();
    for (const name of ["datasets", "runs", "events", "checkpoints"] as const) {
      for (const record of version1[name]) await old.put(name, record);
    }
    for (const { key, value } of version1.samples) await old.put("samples", value, key);
    old.close();

    db = await store.openLabDb("test");
    expect(db.version).toBe(DB_VERSION);
    expect((await store.readSamples(db, "d1", "train"))[0]).toMatchObject({ prompt: "1+1?" });
    expect((await store.listRuns(db)).map(({ runId, eventCount }) => [runId, eventCount])).toEqual([
      ["r2", 0],
      ["r1", 3],
    ]);
    expect((await store.readEvents(db, "r1")).length).toBe(3);
    expect([...(await store.readScores(db, "r1", 1))[0]!.values]).toEqual([0.5, NaN, 1.5]);
    expect((await store.readPicks(db, "r1", 1)).map(({ sample }) => sample)).toEqual([2, 0]);
    expect(await store.loadCheckpoint(db, "r1")).toMatchObject({ serial: 1, step: 2, state: { step: 2 } });
    await store.saveCheckpoint(db, "r1", { round: 1, step: 3, eventCount: 3, state: null });
    expect(await store.loadCheckpoint(db, "r1")).toMatchObject({ serial: 2, step: 3 });
  });

  it("refuses a newer version and a tab that blocks the upgrade", async () => {
    db.close();
    await deleteDB("test");
    (await openDB("test", DB_VERSION + 1)).close();
    await expect(store.openLabDb("test")).rejects.toThrow(/newer version of Proximal/);
    await deleteDB("test");
    const old = await openVersion1();
    const error = await store.openLabDb("test").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "storage", message: expect.stringContaining("Another tab") });
    old.close();
    await deleteDB("test");
    db = await store.openLabDb("test");
  });

  it("leaves a database as it was when the upgrade fails", async () => {
    db.close();
    await deleteDB("test");
    const broken = await openDB("test", 1, { upgrade: (first) => void first.createObjectStore("datasets") });
    broken.close();
    await expect(store.openLabDb("test")).rejects.toMatchObject({ code: "storage" });
    const after = await openDB("test");
    expect([after.version, [...after.objectStoreNames]]).toEqual([1, ["datasets"]]);
    after.close();
    await deleteDB("test");
    db = await store.openLabDb("test");
  });

  it("gives way to a newer version", async () => {
    const newer = await openDB("test", DB_VERSION + 1);
    expect(newer.version).toBe(DB_VERSION + 1);
    newer.close();
  });
});

it("finds the unfinished runs that read a stored dataset", async () => {
  const run = (runId: string, train: string, test: string | null) =>
    store.createRun(db, { runId, name: runId, config: { data: { train, test } }, seed: 1 });
  await run("trains", "stored:mine", null);
  await run("tests", "builtin:comm", "stored:mine");
  await run("other", "stored:mine (2)", null);
  await run("over", "stored:mine", "stored:mine");
  await store.updateRun(db, "over", { status: "done" });
  await store.updateRun(db, "tests", { status: "failed" });
  const found = await store.unfinishedRunsOn(db, "mine");
  expect(found.map(({ runId }) => runId).sort()).toEqual(["tests", "trains"]);
});

it("counts a run on a dataset by the rows that it began with, where its log says which", async () => {
  const asking = (...prompts: string[]): SampleRow[] =>
    prompts.map((prompt, i) => ({ sampleId: `${i}`, prompt, answer: "a", extra: {} }));
  const mine = { ...about, datasetId: "mine" };
  const keep = (train: string[], test: string[]) =>
    store.importDataset(db, mine, { train: asking(...train), test: asking(...test) });
  const part = (...prompts: string[]) => ({
    name: "mine",
    rows: prompts.length,
    hash: rowsHash(asking(...prompts)),
  });
  const begin = async (runId: string, made: Pick<RunIdentity, "train" | "test"> | null) => {
    const config = { data: { train: "stored:mine", test: "stored:mine" } };
    await store.createRun(db, { runId, name: runId, config, seed: 1 });
    const identity = made && { ...made, weights: { name: "m", hash: "c" }, code: "0" };
    const started = { type: "run.started", atMs: 0, ...(identity ? { identity } : {}) } as RunEvent;
    await store.appendEvents(db, runId, 0, [started]);
  };
  const found = async () => (await store.unfinishedRunsOn(db, "mine")).map(({ runId }) => runId).sort();
  await begin("first", { train: part("a", "b"), test: part("c") });
  await begin("second", { train: part("a", "x"), test: part("c") });
  await begin("whole", { train: part("a", "b"), test: part("a", "b") });
  await begin("unknown", null);
  await keep(["a", "b"], ["c"]);
  expect(await found()).toEqual(["first", "unknown"]);
  await keep(["a", "x"], ["c"]);
  expect(await found()).toEqual(["second", "unknown"]);
  // Without a test part of its own, the whole dataset is the test set.
  await keep(["a", "b"], []);
  expect(await found()).toEqual(["unknown", "whole"]);
});
