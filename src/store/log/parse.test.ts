// A log survives being cut into parts, at any byte, and a bad line is named.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../lib/events";
import { reduceRun } from "../../log/fold";
import { samples, tinyLog } from "../../log/testing/log";
import { LogCutter, LogJoiner, type LogPart } from "./parse";

function through(
  text: string,
  cuts: readonly number[],
  light = false,
): { events: RunEvent[]; parts: LogPart[] } {
  const parts: LogPart[] = [];
  const cutter = new LogCutter(light, (part) => parts.push(structuredClone(part)));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    cutter.push(text.slice(from, cut));
    from = cut;
  }
  cutter.push(text.slice(from));
  cutter.end();
  const joiner = new LogJoiner();
  return { events: parts.flatMap((part) => joiner.take(part)), parts };
}

const text = (log: readonly RunEvent[]): string => log.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("LogCutter and LogJoiner", () => {
  it("give back the log, wherever the bytes are cut", () => {
    const whole = text(tinyLog());
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        expect(through(whole, cuts).events).toEqual(tinyLog());
      }),
    );
  });

  it("send a large pool in parts and put it together again", () => {
    const many = Array.from({ length: 1500 }, (_, i) => ({ ...samples[0], sampleId: `s${i}` }));
    const log = tinyLog().map((event) => (event.type === "pool.loaded" ? { ...event, train: many } : event));
    const { events, parts } = through(text(log), []);
    expect(parts.filter((part) => part.kind === "samples").length).toBeGreaterThan(3);
    expect(events).toEqual(log);
  });

  it("leave a race its costs and results", () => {
    const { events } = through(text(tinyLog()), [], true);
    expect(reduceRun(events).evaluations).toEqual(reduceRun(tinyLog()).evaluations);
    expect(events.some((event) => event.type === "pool.loaded" && event.train.length > 0)).toBe(false);
  });

  it("name the line that is not a record", () => {
    expect(() => through(`${text(tinyLog().slice(0, 2))}{"type":\n`, [])).toThrow(/Line 3 /);
  });
});
