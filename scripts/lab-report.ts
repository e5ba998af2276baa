// Writes report.html of a finished run, with the run in another folder as its baseline (--baseline) where both may be
// compared, by the same check as the page's.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as reportModule from "../src/headless/report/report";
import type { Summary } from "../src/headless/summary";
import type { RunEvent } from "../src/lib/events";
import type * as comparableModule from "../src/store/comparable";
import { readJson, readLines } from "./json";
import { loadSource } from "./source";

const LOG = "events.jsonl";

/** Whether a folder holds the log of a run. */
export const holdsRun = (dir: string): boolean => existsSync(join(dir, LOG));

/** The log of the baseline in `dir`; or, in one sentence, why it cannot stand beside a run with this log. */
export async function baselineFor(
  dir: string,
  events: readonly RunEvent[],
): Promise<{ events: RunEvent[]; fault: null } | { events: null; fault: string }> {
  const { faultSentence, pairFaults, runFacts } =
    await loadSource<typeof comparableModule>("src/store/comparable.ts");
  const baseline = readLines<RunEvent>(join(dir, LOG));
  const [other, own] = [runFacts(baseline), runFacts(events)];
  const left = "The report has no baseline:";
  if (!other || !own)
    return {
      events: null,
      fault: `${left} the log in ${other ? "--out" : dir} ends before its pool is loaded.`,
    };
  const faults = pairFaults(other, own);
  if (faults.length > 0)
    return { events: null, fault: `${left} ${faultSentence(`the run in ${dir}`, faults)}` };
  return { events: baseline, fault: null };
}

/**
 * Writes `out`/report.html.
 * @returns why the baseline asked for is not in it, in one sentence; null where it is, or none was asked for
 */
export async function writeReport(
  out: string,
  events: readonly RunEvent[],
  summary: Summary,
  baselineDir: string | undefined,
): Promise<string | null> {
  const { report } = await loadSource<typeof reportModule>("src/headless/report/report.ts");
  const baseline = baselineDir === undefined ? null : await baselineFor(baselineDir, events);
  writeFileSync(join(out, "report.html"), report(events, summary, baseline?.events ?? []));
  return baseline?.fault ?? null;
}

/** `report`: writes the report of the run in `out` anew. Resolves with the exit code. */
export async function reportAgain(out: string, baselineDir: string | undefined): Promise<number> {
  const events = readLines<RunEvent>(join(out, LOG));
  const fault = await writeReport(out, events, readJson<Summary>(join(out, "summary.json")), baselineDir);
  if (fault !== null) console.error(fault);
  console.log(join(out, "report.html"));
  return fault === null ? 0 : 1;
}
