// The pump: few messages, nothing lost or doubled, and a storage that fails is told.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../lib/events";
import { EventPump } from "./pump";

const note = (n: number): RunEvent => ({ type: "note", atMs: n, code: "test", text: String(n) });
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pump(
  first = 0,
  store: (first: number, events: RunEvent[]) => Promise<void> = async () => undefined,
) {
  const posted: [number, RunEvent[]][] = [];
  const stored: [number, RunEvent[]][] = [];
  const made = new EventPump(
    {
      post: (at, events) => posted.push([at, events]),
      store: async (at, events) => {
        await store(at, events);
        stored.push([at, events]);
      },
    },
    first,
    Date.now,
  );
  return { made, posted, stored };
}

describe("EventPump", () => {
  it("sends a burst in one message after the first, and stores it in one write", async () => {
    const { made, posted, stored } = pump(7);
    for (let i = 0; i < 100; i++) made.emit(note(i));
    await wait(20);
    for (let i = 100; i < 200; i++) made.emit(note(i));
    await wait(20);
    expect(posted).toHaveLength(1);
    await made.close();
    expect(posted).toHaveLength(2);
    expect(posted.map(([first, events]) => [first, events.length])).toEqual([
      [7, 100],
      [107, 100],
    ]);
    expect(stored.map(([first, events]) => [first, events.length])).toEqual([[7, 200]]);
  });

  it("has stored everything when flush resolves", async () => {
    const { made, stored } = pump(0, () => Promise.resolve());
    made.emit(note(1));
    await made.flush();
    made.emit(note(2));
    await made.flush();
    expect(stored.map(([first]) => first)).toEqual([0, 1]);
  });

  it("tells at the next flush that a write in between failed, and writes no more", async () => {
    let calls = 0;
    const { made } = pump(0, async () => {
      calls++;
      throw new Error("disk full");
    });
    made.emit(note(1));
    await expect(made.flush()).rejects.toThrow("disk full");
    made.emit(note(2));
    await expect(made.flush()).rejects.toThrow("disk full");
    expect(calls).toBe(1);
    await made.close(); // the page still gets the end of the log
  });
});
