// The report of the command with a baseline: drawn where both runs may be compared, else named as the page names it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { strategyIn } from "../src/curriculum/registry";
import { summarize } from "../src/headless/summary";
import type { RunEvent } from "../src/lib/events";
import { recordedEvents, recordedIndex } from "./comparisons";
import { lab } from "./lab";

let dir: string;
let said: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lab-"));
  said = [];
  vi.spyOn(console, "error").mockImplementation((text) => void said.push(String(text)));
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

/** A folder as the command leaves it. */
function folder(name: string, events: readonly RunEvent[]): string {
  const path = join(dir, name);
  mkdirSync(path);
  writeFileSync(join(path, "events.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  writeFileSync(join(path, "summary.json"), JSON.stringify(summarize(events, { planned: 0, created: 0 })));
  return path;
}

/** A recorded run that has a baseline, and that baseline. */
function recorded(): [own: RunEvent[], baseline: RunEvent[]] {
  const index = recordedIndex();
  const own = index.find((entry) => entry.compareWith !== null)!;
  const other = index.find((entry) => entry.id === own.compareWith)!;
  return [recordedEvents(own), recordedEvents(other)];
}

/** What the pictures of the report draw a line of. */
const lines = (path: string): string[] =>
  [...readFileSync(join(path, "report.html"), "utf8").matchAll(/data-series="([^"]+)"/g)].map(
    ([, name]) => name,
  );

describe("lab report", () => {
  it("draws the run in the other folder where pool, test and budget agree", async () => {
    const [own, other] = recorded();
    const [out, baseline] = [folder("own", own), folder("other", other)];
    expect(await lab(["report", "--out", out])).toBe(0);
    const strategy = strategyIn(other.find((event) => event.type === "run.started")?.config);
    expect(lines(out)).not.toContain(strategy);
    expect(await lab(["report", "--out", out, "--baseline", baseline])).toBe(0);
    expect(said).toEqual([]);
    expect(lines(out)).toContain(strategy);
  });

  it("says in one sentence why it does not, and writes the report without it", async () => {
    const [own, other] = recorded();
    const longer = other.map((event) =>
      event.type === "run.started"
        ? { ...event, config: { ...(event.config as object), budget: { steps: 7 } } }
        : event,
    );
    const [out, baseline] = [folder("own", own), folder("other", longer)];
    expect(await lab(["report", "--out", out, "--baseline", baseline])).toBe(1);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^The report has no baseline: the run in .*other was run with .*steps.*\.$/);
    const beside = readFileSync(join(out, "report.html"), "utf8");
    await lab(["report", "--out", out]);
    expect(readFileSync(join(out, "report.html"), "utf8")).toBe(beside);
  });

  it("says so where the other log ends too early", async () => {
    const [own, other] = recorded();
    const [out, baseline] = [folder("own", own), folder("other", other.slice(0, 1))];
    expect(await lab(["report", "--out", out, "--baseline", baseline])).toBe(1);
    expect(said[0]).toContain("ends before its pool is loaded");
  });
});
