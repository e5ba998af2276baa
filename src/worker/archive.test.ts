// One run, one tab: two archives on one database are two tabs. Who holds a run may write to it, nobody else.
import "fake-indexeddb/auto";
import { deleteDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findRun, openLabDb, readEvents, readNews, updateRun, type LabDb } from "../data/db";
import { BEAT_MS, SILENT_MS } from "../data/db/owner";
import { lockedRuns } from "../data/runLock";
import { fakeLocks, type FakeLocks } from "../data/testing/fakeLocks";
import type { RunEvent } from "../lib/events";
import { databaseArchive } from "./archive";

const RUN = { runId: "r", name: "mine", config: { seed: 1 }, seed: 1 };
const note = (text: string): RunEvent => ({ atMs: 0, type: "note", code: "x", text });
const texts = async () =>
  (await readEvents(db, "r")).map((event) => (event.type === "note" ? event.text : event.type));

let db: LabDb;
let locks: FakeLocks;
beforeEach(async () => {
  db = await openLabDb("archive");
  locks = fakeLocks();
});
afterEach(async () => {
  vi.useRealTimers();
  db.close();
  await deleteDB("archive");
});

describe("with locks", () => {
  it("a run that is held is refused in one sentence, and free once it is let go of", async () => {
    const [a, b] = [databaseArchive(db, locks), databaseArchive(db, locks)];
    const letGo = await a.hold("r");
    await a.create(RUN);
    expect(await lockedRuns(locks)).toEqual(new Set(["r"]));
    await expect(b.hold("r")).rejects.toThrow("The run mine is running in another tab.");
    await letGo();
    expect(await lockedRuns(locks)).toEqual(new Set());
    const letGoB = await b.hold("r");
    await b.claim("r");
    await letGoB();
  });

  it("the same tab cannot hold a run twice", async () => {
    const a = databaseArchive(db, locks);
    const letGo = await a.hold("r");
    await a.create(RUN);
    await expect(a.hold("r")).rejects.toThrow("another tab");
    await letGo();
  });

  it("a tab that lost the run stores nothing more of it, whatever its number fits", async () => {
    const [a, b] = [databaseArchive(db, locks), databaseArchive(db, locks)];
    await a.hold("r");
    await a.create(RUN);
    await a.append("r", 0, [note("1"), note("2"), note("3")]);
    locks.drop("proximal-run:r");
    await b.hold("r");
    await b.claim("r");
    await b.truncate("r", 2);
    const lost = "The run mine was taken over by another tab";
    // Its next records begin at 3, as do the new owner's soon; its status is of no interest either.
    await b.append("r", 2, [note("3, again")]);
    await expect(a.append("r", 3, [note("4")])).rejects.toThrow(lost);
    await expect(a.truncate("r", 0)).rejects.toThrow(lost);
    await expect(a.status("r", "failed")).rejects.toThrow(lost);
    const point = { round: 1, step: 1, eventCount: 3, bytes: new Uint8Array(4) };
    await expect(a.save("r", point)).rejects.toThrow(lost);
    await b.append("r", 3, [note("4, again")]);
    await b.save("r", { ...point, eventCount: 4 });
    expect(await texts()).toEqual(["1", "2", "3, again", "4, again"]);
    expect((await findRun(db, "r"))?.status).toBe("running");
  });

  it("records that do not join the log are refused: none is lost or doubled", async () => {
    const a = databaseArchive(db, locks);
    await a.hold("r");
    await a.create(RUN);
    await a.append("r", 0, [note("1"), note("2")]);
    await expect(a.append("r", 1, [note("2")])).rejects.toThrow("has 2 events");
    await expect(a.append("r", 3, [note("4")])).rejects.toThrow("has 2 events");
    expect(await texts()).toEqual(["1", "2"]);
  });

  it("says when a run has come to its end", async () => {
    const a = databaseArchive(db, locks);
    await a.hold("r");
    await a.create(RUN);
    expect(await a.finished("r")).toBe(false);
    await a.status("r", "done");
    expect(await a.finished("r")).toBe(true);
  });
});

describe("without locks", () => {
  it("the heartbeat keeps others out while it beats, and for a while after", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const [a, b] = [databaseArchive(db, null), databaseArchive(db, null)];
    const letGo = await a.hold("r");
    await a.create(RUN);
    const letGoB = await b.hold("r");
    // Three silent spans long it beats.
    for (let passed = 0; passed < 3 * SILENT_MS; passed += BEAT_MS) {
      vi.advanceTimersByTime(BEAT_MS);
      const now = Date.now();
      await vi.waitFor(async () => expect((await findRun(db, "r"))?.beatAt).toBeGreaterThan(now - BEAT_MS));
    }
    await expect(b.claim("r")).rejects.toThrow("The run mine is running in another tab.");
    // Let go of: free at once.
    await letGo();
    await b.claim("r");
    await letGoB();
  });

  it("an owner that fell silent is taken for dead", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    const [a, b] = [databaseArchive(db, null), databaseArchive(db, null)];
    await a.hold("r");
    await a.create(RUN);
    // The tab dies: its timers with it.
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + SILENT_MS - 1);
    await b.hold("r");
    await expect(b.claim("r")).rejects.toThrow("another tab");
    vi.setSystemTime(Date.now() + 1);
    await b.claim("r");
  });
});

describe("following", () => {
  it("reads what is new, and all of it again once another owner cut the log", async () => {
    const [a, b] = [databaseArchive(db, locks), databaseArchive(db, locks)];
    await a.hold("r");
    await a.create(RUN);
    await a.append("r", 0, [note("1"), note("2")]);
    await a.append("r", 2, [note("3")]);
    const start = (await readNews(db, "r", { count: 0, owner: undefined }))!;
    expect([start.first, start.events.length]).toEqual([0, 3]);
    const { owner } = start.run;
    expect(await readNews(db, "r", { count: 3, owner })).toMatchObject({ first: 3, events: [] });
    await a.append("r", 3, [note("4"), note("5")]);
    // A reader may have seen half a piece.
    expect(await readNews(db, "r", { count: 4, owner })).toMatchObject({ first: 4, events: [note("5")] });

    locks.drop("proximal-run:r");
    await b.hold("r");
    await b.claim("r");
    await b.truncate("r", 1);
    await b.append("r", 1, ["2b", "3b", "4b", "5b", "6b"].map(note));
    const again = (await readNews(db, "r", { count: 5, owner }))!;
    expect([again.first, again.events.length]).toEqual([0, 6]);
    expect(again.events[1]).toEqual(note("2b"));
  });

  it("says that a run is gone", async () => {
    expect(await readNews(db, "nobody", { count: 0, owner: undefined })).toBeNull();
  });

  it("is not disturbed by a user who renames the run", async () => {
    const a = databaseArchive(db, locks);
    await a.hold("r");
    await a.create(RUN);
    await updateRun(db, "r", { name: "renamed" });
    await a.append("r", 0, [note("1")]);
    expect(await texts()).toEqual(["1"]);
  });
});
