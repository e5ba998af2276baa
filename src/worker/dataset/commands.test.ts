// The data worker's conversation with the page: ten thousand rows are opened, searched, split, kept and looked at later, and no
// answer holds more rows than the page takes over in one task.
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { findDataset, openLabDb, readSamples, type LabDb } from "../../data/db";
import { NO_FILTER } from "../../data/draft/list";
import { loadStored } from "../../data/importDataset";
import { answer, type DataContext } from "./commands";
import { PAGE_ROWS, type DataAnswer, type DataCommand, type DataCommands } from "./protocol";

const ROWS = 10_000;
let opened = 0;

/** A worker with a database of its own; `answers` holds all that it said. */
function worker() {
  const name = `data-page-${++opened}`;
  const answers: DataAnswer[] = [];
  const withDb = async <T>(work: (db: LabDb) => Promise<T>): Promise<T> => {
    const db = await openLabDb(name);
    try {
      return await work(db);
    } finally {
      db.close();
    }
  };
  const context: DataContext = { root: "", store: Promise.resolve(null), withDb, opened: null, draft: null };
  const ask = async <K extends DataCommand>(command: K, asked: DataCommands[K]["ask"]) => {
    const said = await answer(context, { command, id: answers.length, ask: asked } as never);
    answers.push(said);
    if ("failure" in said) throw new Error(said.failure.message);
    return said.answer as DataCommands[K]["answer"];
  };
  return { ask, answers, withDb };
}

const file = (
  count: number,
  rowOf = (i: number): object => ({ question: `${i} + 1?`, answer: `so ${i + 1}` }),
) => new Blob([Array.from({ length: count }, (_, i) => JSON.stringify(rowOf(i))).join("\n")]);

/** The longest list anywhere in a value. */
function longestList(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value).map(longestList);
  return Math.max(Array.isArray(value) ? value.length : 0, ...inside);
}

describe("ten thousand rows", () => {
  it(
    "are previewed, filtered and kept in answers of at most a page of rows",
    { timeout: 120_000 },
    async () => {
      const { ask, answers, withDb } = worker();
      const view = await ask("draft.open", { file: file(ROWS), name: "many.jsonl" });
      expect([view.rows, view.samples, view.matched]).toEqual([ROWS, ROWS, ROWS]);
      expect(await ask("list.rows", { from: 0, count: ROWS })).toHaveLength(PAGE_ROWS);
      expect(
        (await ask("list.rows", { from: ROWS - 5, count: PAGE_ROWS })).map(({ place }) => place),
      ).toEqual([5, 4, 3, 2, 1].map((left) => `line ${ROWS - left + 1}`));
      const wanted = Array.from({ length: ROWS }, (_, i) => `${i} ${i + 1}`).filter((text) =>
        /999/.test(text),
      );
      const searched = await ask("list.filter", { filter: { ...NO_FILTER, search: "999 +" } });
      expect(searched.matched).toBe(wanted.length);
      const record = await ask("draft.keep", { datasetId: "many.jsonl" });
      expect([record.train, record.test]).toEqual([9000, 1000]);
      expect(await withDb((db) => readSamples(db, "many.jsonl", "train"))).toHaveLength(9000);
      for (const said of answers)
        expect(longestList(said), JSON.stringify(said).slice(0, 80)).toBeLessThanOrEqual(PAGE_ROWS);
    },
  );
});

describe("a file in the data page", () => {
  it("has several test sets, kept under their names and looked at later", async () => {
    const { ask, withDb } = worker();
    await ask("draft.open", { file: file(40), name: "sums.jsonl" });
    const tests = [
      { name: "easy", share: 0.1 },
      { name: "hard", share: 0.2 },
    ];
    const view = await ask("draft.choose", { split: { seed: 3, by: null, tests } });
    expect(view.parts.map(({ name, rows }) => [name, rows]).sort()).toEqual([
      ["easy", 4],
      ["hard", 8],
      ["train", 28],
    ]);
    await ask("draft.keep", { datasetId: "sums.jsonl" });
    const easy = await withDb((db) => loadStored(db, "sums.jsonl"));
    const hard = await withDb((db) => loadStored(db, "sums.jsonl#hard"));
    expect([easy.train.length, easy.test.length, hard.test.length]).toEqual([28, 4, 8]);
    expect(hard.testName).toBe("hard");
    await expect(withDb((db) => loadStored(db, "sums.jsonl#other"))).rejects.toThrow(
      /sums\.jsonl#other is not stored/,
    );
    expect(await ask("stored.named", { name: "other" })).toBeNull();
    expect(await ask("stored.named", { name: "sums.jsonl" })).toMatchObject({
      free: "sums (2).jsonl",
      runs: 0,
    });
    const looked = await ask("stored.open", { datasetId: "sums.jsonl" });
    expect(looked.parts).toEqual([
      { name: "train", rows: 28 },
      { name: "easy", rows: 4 },
      { name: "hard", rows: 8 },
    ]);
    const copy = await ask("stored.copy", { datasetId: "sums.jsonl", as: "copy" });
    expect(copy).toMatchObject({ datasetId: "copy", name: "copy", train: 28, test: 4 });
    expect(await withDb((db) => readSamples(db, "copy", "test:hard"))).toEqual(hard.test);
  });

  it("is refused as an import would refuse it, and nothing is stored", async () => {
    const { ask, withDb } = worker();
    const bad = file(3, (i) => ({ question: `${i}?`, answer: i === 1 ? "" : "4" }));
    const view = await ask("draft.open", { file: bad, name: "bad.jsonl" });
    expect(view.refusal?.message).toMatch(/^bad\.jsonl, line 2: the column “answer” is empty/);
    await expect(ask("draft.keep", { datasetId: "bad.jsonl" })).rejects.toThrow(/line 2/);
    expect(await withDb((db) => findDataset(db, "bad.jsonl"))).toBeNull();
    expect(view.findings.map(({ text }) => text)).toEqual([expect.stringMatching(/“answer” is empty\.$/)]);
    const left = await ask("draft.choose", { choices: { unusable: "leave out" } });
    expect(left.findings[0].text).toMatch(/“answer” is empty; it is left out\.$/);
    const { notes } = await ask("draft.keep", { datasetId: "bad.jsonl" });
    expect(notes).toEqual([expect.stringMatching(/^1 row cannot be used \(line 2\)/)]);
  });

  it("refuses test sets that cannot be, and stays as it was", async () => {
    const { ask } = worker();
    const before = await ask("draft.open", { file: file(10), name: "sums.jsonl" });
    const put = (tests: { name: string; share: number }[]) =>
      ask("draft.choose", { split: { seed: 1, by: null, tests } });
    await expect(put([{ name: "train", share: 0.1 }])).rejects.toThrow(/cannot be called “train”/);
    await expect(
      put([
        { name: "a", share: 0.6 },
        { name: "b", share: 0.4 },
      ]),
    ).rejects.toThrow(/take 100 % of the rows/);
    expect(await ask("draft.present", null)).toEqual(before);
  });

  it("takes out what the filter found, and gives it back", async () => {
    const { ask } = worker();
    await ask("draft.open", { file: file(20), name: "sums.jsonl" });
    // so 10 to so 20
    await ask("list.filter", { filter: { ...NO_FILTER, answer: [5, 6] } });
    const view = await ask("draft.drop", { rows: "found" });
    expect([view.samples, view.undoable]).toEqual([9, "Taken out: 11 rows"]);
    expect((await ask("draft.undo", null)).samples).toBe(20);
  });
});

describe("a test set from another file", () => {
  const TEST = {
    file: file(3, (i) => ({ question: `${i} + 1?`, answer: `${i + 1}` })),
    name: "hard#1.jsonl",
  };

  it("is tested whole, and no row of the first file is held out where nobody asked for it", async () => {
    const { ask, withDb } = worker();
    await ask("draft.open", { file: file(10), name: "sums.jsonl" });
    const view = await ask("draft.test", TEST);
    expect(view.testFiles).toEqual([{ name: "hard 1", rows: 3 }]);
    expect(view.split.tests).toEqual([]);
    expect(view.leaks).toEqual([{ test: "hard 1", rows: 3 }]);
    const record = await ask("draft.keep", { datasetId: "sums" });
    expect([record.train, record.test, record.tests]).toEqual([10, 3, [{ name: "hard 1", rows: 3 }]]);
    expect(record.notes?.join(" ")).toContain("3 of 10 rows to study ask what the test");
    const stored = await withDb((db) => loadStored(db, "sums#hard 1"));
    expect(stored.test.map(({ answer: text }) => text)).toEqual(["1", "2", "3"]);
  });

  it("stands beside drawn ones, each under its own name, and is taken out again", async () => {
    const { ask } = worker();
    await ask("draft.open", { file: file(10), name: "sums.jsonl" });
    await ask("draft.choose", { split: { seed: 1, by: null, tests: [{ name: "hard 1", share: 0.2 }] } });
    const view = await ask("draft.test", TEST);
    expect(view.testFiles).toEqual([{ name: "hard 1 2", rows: 3 }]);
    const tests = (await ask("draft.untest", { name: "hard 1 2" })).split.tests;
    expect(tests).toEqual([{ name: "hard 1", share: 0.2 }]);
    await ask("draft.test", TEST);
    await ask("draft.choose", { split: { seed: 1, by: null, tests: [] } });
    const none = await ask("draft.untest", { name: "hard 1 2" });
    expect([none.testFiles, none.split.tests]).toEqual([[], [{ name: "test", share: 0.1 }]]);
  });

  it("is read with the columns chosen, or refused by name", async () => {
    const { ask } = worker();
    const rowOf = (i: number) => ({ ask: `${i}?`, tell: `${i}` });
    await ask("draft.open", { file: file(4, rowOf), name: "own.jsonl" });
    await ask("draft.choose", { choices: { fields: { prompt: "ask", answer: "tell" } } });
    expect((await ask("draft.test", { file: file(2, rowOf), name: "more.jsonl" })).testFiles).toHaveLength(1);
    await expect(ask("draft.test", TEST)).rejects.toThrow(
      /hard#1\.jsonl, line 1: no column for the prompt called “ask”/,
    );
    expect((await ask("draft.present", null))?.testFiles).toHaveLength(1);
  });
});
