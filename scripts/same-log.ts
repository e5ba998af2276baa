// Compares the logs of two runs, record by record, ignoring times, names and the fields listed below. `npx tsx
// scripts/same-log.ts A B` (run folders or events.jsonl files) exits with 0, or with 1 and the first difference.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../src/lib/events";
import { readLines } from "./json";
import { isMain, options, usage } from "./options";

const HELP = `Compares the logs of two runs.

  npx tsx scripts/same-log.ts A B [--across]

  A, B      folders of runs (npm run lab), or their events.jsonl
  --across  they ran in different browsers, or in a browser and in Node: what names them may differ
Times (fields that end in Ms), run ids and the version of the lab may differ. Exits 1 with the first difference.
`;

/** Fields that say which run it was, not what it did. */
const NAMES = [
  ["run.started.runId", "the run's own name"],
  [
    "run.started.name",
    "may be made from a folder's name; the settings it stands for are compared themselves",
  ],
  ["run.started.identity.code", "the version of the lab: two builds are what is compared"],
];

/** What names the browser and its adapter, where the two runs had different ones. */
const PLACES = ["run.started.environment"];

/** Fields that came after the first recordings: they may be missing on one side, and differ nowhere else. */
export const ADDED = [
  ["run.started.config.ucb", "settings of the UCB bandit, which no other strategy reads"],
  ["run.started.config.scout", "settings of scout, which no other strategy reads"],
  ["run.started.config.ratchet", "settings of EDCO with a ratchet, which no other strategy reads"],
  ["run.started.config.learningProgress", "settings of the learning-progress bandit, which no other reads"],
  ["run.started.config.e2h", "settings of E2H, which no other strategy reads"],
  ["run.started.config.sec", "settings of SEC, which no other strategy reads"],
  ["run.started.config.adarft", "settings of AdaRFT, which no other strategy reads"],
  ["run.started.config.vcrl", "settings of VCRL, which no other strategy reads"],
  ["run.started.config.lze", "settings of LZE, which no other strategy reads"],
  ["run.started.config.hive", "settings of HIVE, which no other strategy reads"],
  ["run.started.config.dynamicSampling", "settings of dynamic sampling, which no other strategy reads"],
  ["run.started.config.varianceTopP", "settings of variance top-p, which no other strategy reads"],
  ["run.started.config.scoutRewards", "settings of scout over rewards, which no other strategy reads"],
  ["run.started.config.metis.moppsTarget", "a setting of MoPPS, which no other strategy reads"],
  ["run.started.config.metis.moppsDecay", "a setting of MoPPS, which no other strategy reads"],
  ["run.started.config.data.turns", "which turns of a conversation are trained; the built-in pools have one"],
  [
    "run.started.config.data.unusable",
    "what happens to rows that cannot be used; the built-in pools have none",
  ],
  ["run.started.config.data.duplicates", "what happens to rows that come twice; they were kept before"],
  ["run.started.config.data.tooLong", "what happens to rows that are too long; the built-in pools have none"],
  ["run.started.config.budget.trainTokens", "a budget that is off by default"],
  ["run.started.config.budget.stepsPerRound", "a budget that is off by default"],
];

const kept = (path: string): boolean => !/Ms$/.test(path) && !NAMES.some(([name]) => name === path);

/** Every value of a record by its path, which begins with the record's type; without times and names. Lists are walked too. */
function leaves(value: unknown, path: string, out = new Map<string, unknown>()): Map<string, unknown> {
  if (!kept(path)) return out;
  if (value !== null && typeof value === "object") {
    if (Array.isArray(value)) out.set(`${path}.length`, value.length);
    for (const [key, inner] of Object.entries(value)) leaves(inner, `${path}.${key}`, out);
  } else out.set(path, value);
  return out;
}

const below = (path: string, field: string): boolean => path === field || path.startsWith(`${field}.`);
const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

export type Log = readonly { type: string }[];

/** The first difference of two logs as a sentence; null where there is none. @param across see `--across` */
export function firstDifference(a: Log, b: Log, across = false): string | null {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const where = `record ${at + 1} (${(a[at] ?? b[at]).type})`;
    if (!a[at] || !b[at]) return `${where}: only in ${a[at] ? "the first" : "the second"} log`;
    const [mine, theirs] = [a[at], b[at]].map((record) => leaves(record, record.type));
    for (const path of new Set([...mine.keys(), ...theirs.keys()])) {
      const [x, y] = [mine.get(path), theirs.get(path)];
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
      const oneSided = x === undefined || y === undefined;
      if (across && PLACES.some((field) => below(path, field))) continue;
      if (oneSided && ADDED.some(([field]) => below(path, field))) continue;
      return `record ${at + 1}: ${path} is ${shown(x)} in the first and ${shown(y)} in the second log`;
    }
  }
  return null;
}

/** The records of a run folder or of a log file. */
export function readEvents(path: string): RunEvent[] {
  const file = statSync(path).isDirectory() ? join(path, "events.jsonl") : path;
  return readLines<RunEvent>(file);
}

if (isMain(import.meta.url)) {
  const { _: paths, across } = options(HELP, { across: "boolean" });
  if (paths.length !== 2) usage(HELP, `Two runs are compared, got ${paths.length}.`);
  const [a, b] = paths.map(readEvents);
  const difference = firstDifference(a, b, across);
  console.log(difference ?? `The logs agree: ${a.length} records.`);
  process.exitCode = difference ? 1 : 0;
}
