// The built-in model and pools, served over HTTP as the page serves them.
import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { builtinName, loadPool, openBuiltinModel, POOLS } from "./builtin";
import { importDataset, listDatasets, openLabDb, type LabDb } from "./db";
import { readDataset } from "./dataset";
import { memorySource } from "./files";
import { freeName, importFiles, loadStored } from "./importDataset";
import { parameterCount } from "../families/tensors";
import { nodeFile } from "./testing/nodeFolder";

/** Serves the public folder and counts what is asked for. */
function publicFolder(): { fetch: typeof fetch; asked: string[] } {
  const asked: string[] = [];
  const serve = async (input: RequestInfo | URL) => {
    const { pathname } = new URL(String(input));
    asked.push(pathname);
    try {
      return new Response(readFileSync(`public${pathname}`));
    } catch {
      return new Response(null, { status: 404 });
    }
  };
  return { fetch: serve as typeof fetch, asked };
}

let db: LabDb;
beforeAll(async () => {
  db = await openLabDb("builtin-test");
});

describe("built-in pools", () => {
  it.each(POOLS)("%s goes into the database once and comes back the same", async (name) => {
    const { fetch, asked } = publicFolder();
    const first = await loadPool(db, name, "http://lab/", { fetch });
    expect(asked).toEqual([`/pools/${name}_train.jsonl`, `/pools/${name}_test.jsonl`]);
    const again = await loadPool(db, name, "http://lab/", { fetch });
    expect(asked.length).toBe(2);
    expect(again).toEqual(first);
    expect(again.train).toEqual(await readDataset(nodeFile(`public/pools/${name}_train.jsonl`)));
    const without = await loadPool(null, name, "http://lab/", { fetch });
    expect([without.train, without.test]).toEqual([first.train, first.test]);
  });

  it("replaces a stored copy of another revision", async () => {
    await importDataset(
      db,
      { datasetId: "builtin:rl", name: "rl", origin: "builtin", revision: 0, bytes: 1 },
      { train: [], test: [] },
    );
    expect((await loadPool(db, "rl", "http://lab/", publicFolder())).train.length).toBe(300);
  });

  it("refuses unknown names and missing files", async () => {
    await expect(loadPool(db, "nope", "http://lab/")).rejects.toThrow(/no built-in pool called nope/);
    const fetch = async () => new Response(null, { status: 404 });
    await expect(loadPool(null, "med", "http://lab/", { fetch })).rejects.toThrow(
      /med_train\.jsonl is not on the server/,
    );
    expect([builtinName("builtin:needle"), builtinName("needle.jsonl")]).toEqual(["needle", null]);
  });
});

describe("a user's file", () => {
  const about = { datasetId: "mine", name: "mine.jsonl", origin: "file" as const, revision: 1 };
  const source = (text: string) => memorySource("mine.jsonl", new TextEncoder().encode(text));

  it("is split, stored and loaded", async () => {
    const text = Array.from({ length: 20 }, (_, i) => `{"prompt":"${i}?","answer":"${i}"}`).join("\n");
    const { train, test, record } = await importFiles(db, about, {
      train: source(text),
      testShare: 0.25,
      seed: 3,
    });
    expect([train.length, test.length, record.bytes]).toEqual([15, 5, text.length]);
    expect(await loadStored(db, "mine")).toEqual({ record, train, test });
  });

  it("that is broken leaves the database as it was", async () => {
    const before = await listDatasets(db);
    const broken = { train: source('{"prompt":"a","answer":"1"}\n{') };
    await expect(importFiles(db, { ...about, datasetId: "other" }, broken)).rejects.toThrow(
      /mine\.jsonl, line 2/,
    );
    expect(await listDatasets(db)).toEqual(before);
    await expect(loadStored(db, "other")).rejects.toThrow(/not stored here/);
  });
});

describe("built-in model", () => {
  it("opens with shape, weights and tokenizer", async () => {
    const model = await openBuiltinModel("tiny", "http://lab/", publicFolder());
    expect(model.config).toMatchObject({
      architecture: "qwen3",
      layers: 4,
      hidden: 160,
      vocab: 640,
      eosTokenIds: [2],
    });
    expect(model.weightBytes).toBe(2 * parameterCount(model.config));
    expect(model.tokenizer!.encode("19 dBm").length).toBeGreaterThan(0);
    await expect(openBuiltinModel("huge", "http://lab/")).rejects.toThrow(/no built-in model/);
  });
});

it.each([
  ["rows.jsonl", [], "rows (2).jsonl"],
  ["rows.jsonl", ["rows.jsonl", "rows (2).jsonl"], "rows (3).jsonl"],
  ["a.b.csv", [], "a.b (2).csv"],
  ["rows", [], "rows (2)"],
])("a free name for %s beside %j is %s", (name, taken, free) => {
  expect(freeName(name, taken)).toBe(free);
});
