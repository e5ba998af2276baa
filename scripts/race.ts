// `npm run lab -- race`: orders × seeds under one budget, each an ordinary run in a folder of its own. Finished runs are
// kept and a stopped one goes on, so that the command given again ends where an uninterrupted one would have.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type * as raceConfigModule from "../src/config/race";
import type { Race } from "../src/config/race";
import type * as raceModule from "../src/race/race";
import type * as reportModule from "../src/headless/race/report";
import type * as runsModule from "../src/race/runs";
import type { RaceFile } from "../src/race/race";
import type { Summary } from "../src/headless/summary";
import type { RunEvent, RunEventOf, RunIdentity } from "../src/lib/events";
import { leftWords } from "../src/log/progress";
import { readJson, readLines, reasonOf, writeJson } from "./json";
import { fromFolder, localFile, raceRows, type RaceData } from "./race-rows";
import { loadSource } from "./source";

interface Entry {
  strategy: Race["race"]["strategies"][number];
  seed: number;
  name: string;
}

export interface RaceArgs {
  /** CONFIG.json with "race", as written. */
  config: unknown;
  /** Its folder: paths in it are relative to this. */
  folder: string;
  out: string;
  browser: string | undefined;
  /** The lab command itself; resolves with its exit code. */
  lab: (argv: string[]) => Promise<number>;
}

const runFolder = (out: string, { name }: Entry) => join(out, name);

function statusOf(folder: string): Summary["status"] | null {
  const file = join(folder, "summary.json");
  return existsSync(file) ? readJson<Summary>(file).status : null;
}

/** What decides a race's runs, but for which orders and seeds: these may grow in a folder that has some already. */
const comparable = (config: object): string =>
  JSON.stringify(config, (key, value: unknown) =>
    key === "strategies" || key === "seeds" ? undefined : value,
  );

/** Keeps the race's settings in DIR; refuses a folder that holds another race. */
function claim(out: string, settings: object): void {
  const file = join(out, "config.json");
  if (existsSync(file) && comparable(readJson<object>(file)) !== comparable(settings))
    throw new Error(`--out: ${out} holds another race (its config.json differs); choose another folder`);
  writeJson(file, settings, 2);
}

/** The config of one run, where it lies: paths are given from its folder. */
function writeRunConfig(
  entry: Entry,
  folder: string,
  { race, data, from }: { race: Race; data: RaceData["data"]; from: string },
): string {
  const config = race.runConfig(entry.strategy, entry.seed);
  const source = config.model?.source;
  const model = source === undefined ? undefined : (localFile(source, from) ?? source);
  const file = join(folder, "config.json");
  mkdirSync(folder, { recursive: true });
  writeJson(
    file,
    {
      ...config,
      ...(model === undefined ? {} : { model: { ...config.model, source: fromFolder(model, folder) } }),
      data: { ...config.data, ...mapped(data, folder) },
    },
    2,
  );
  return file;
}

/** Trains one run or goes on with it; resolves with the lab's exit code. */
async function trainRun(
  entry: Entry,
  args: RaceArgs,
  from: { race: Race; data: RaceData["data"]; from: string },
): Promise<number> {
  const folder = runFolder(args.out, entry);
  const more = ["--out", folder, ...(args.browser ? ["--browser", args.browser] : [])];
  if (existsSync(join(folder, "checkpoint"))) return args.lab(["run", "--resume", ...more]);
  // Killed before its first checkpoint: it begins anew.
  rmSync(folder, { recursive: true, force: true });
  return args.lab(["run", writeRunConfig(entry, folder, from), ...more]);
}

const logOf = (out: string, entry: Entry) => readLines<RunEvent>(join(runFolder(out, entry), "events.jsonl"));

function identityOf(events: readonly RunEvent[]): RunIdentity {
  const started = events.find((event): event is RunEventOf<"run.started"> => event.type === "run.started");
  if (!started?.identity) throw new Error("a run's log does not say what it was made of");
  return started.identity;
}

/** Runs on other rows or weights are no race. */
function sameMaterial(
  out: string,
  first: { entry: Entry; made: RunIdentity },
  entry: Entry,
  made: RunIdentity,
): void {
  for (const part of ["train", "test", "weights"] as const)
    if (made[part].hash !== first.made[part].hash)
      throw new Error(
        `${runFolder(out, entry)} was made of other ${part === "weights" ? "weights" : `${part} rows`} than ${runFolder(out, first.entry)}; choose another folder for the race`,
      );
}

/** race.json and report.html of what is there. Resolves with race.json, null before the first run is done. */
async function conclude(
  out: string,
  { race, against, shared }: Race,
  entries: readonly Entry[],
  facts: RaceData["facts"],
): Promise<RaceFile | null> {
  const { raceRun, runExtras } = await loadSource<typeof runsModule>("src/race/runs.ts");
  const { raceFile } = await loadSource<typeof raceModule>("src/race/race.ts");
  const { raceReport } = await loadSource<typeof reportModule>("src/headless/race/report.ts");
  const done = entries.filter((entry) => statusOf(runFolder(out, entry)) === "done");
  if (done.length === 0) return null;
  const logs = done.map((entry) => ({ entry, events: logOf(out, entry) }));
  const first = { entry: done[0], made: identityOf(logs[0].events) };
  for (const { entry, events } of logs) sameMaterial(out, first, entry, identityOf(events));
  const { train, test } = first.made;
  const tested = logs[0].events.find((event) => event.type === "evaluated");
  const file = raceFile({
    ...race,
    against,
    pool: { name: train.name, hash: train.hash },
    test: { n: tested?.n ?? test.rows, hash: test.hash },
    runs: logs.map(({ entry, events }) => raceRun(entry.strategy, entry.seed, events, race)),
    extras: logs.map(({ entry, events }) => runExtras(entry.strategy, entry.seed, events, facts)),
    missing: entries
      .filter((entry) => !done.includes(entry))
      .map(({ strategy, seed }) => ({ strategy, seed })),
  });
  writeJson(join(out, "race.json"), file, 1);
  const rewards = shared.trainer.kind === "grpo";
  writeFileSync(join(out, "report.html"), raceReport(file, { against, threshold: race.threshold, rewards }));
  return file;
}

/** Resolves with the exit code: 0 all runs are there, 1 one failed, 130 stopped. */
export async function race(args: RaceArgs): Promise<number> {
  const { config, folder } = args;
  const out = resolve(args.out);
  const existed = existsSync(out);
  try {
    const { resolveRace } = await loadSource<typeof raceConfigModule>("src/config/race.ts");
    const found = resolveRace(config);
    mkdirSync(out, { recursive: true });
    const { data, facts } = await raceRows(
      { ...found.shared, seed: (config as { seed?: number }).seed ?? 1 },
      folder,
      out,
    );
    claim(out, {
      ...(config as object),
      data: { ...(config as { data?: object }).data, ...mapped(data, out) },
      race: found.race,
    });
    const { strategies, seeds } = found.race;
    // Seed by seed, so that pairs are whole as early as possible; told order by order.
    const inTurn = seeds.flatMap((seed) =>
      strategies.map((strategy): Entry => ({ strategy, seed, name: `${strategy}-${seed}` })),
    );
    const entries = strategies.flatMap((strategy) => inTurn.filter((entry) => entry.strategy === strategy));
    return await runAll({ ...args, out }, found, { inTurn, entries, data, facts });
  } catch (thrown) {
    // What never got its settings holds no run.
    if (!existed && !existsSync(join(out, "config.json"))) rmSync(out, { recursive: true, force: true });
    const hint = thrown instanceof Error && "hint" in thrown ? ` ${String(thrown.hint)}` : "";
    console.error(`failed: ${reasonOf(thrown)}${hint}`);
    return 1;
  }
}

/** The race's own settings of the data, paths given from a folder. */
const mapped = (data: RaceData["data"], folder: string): RaceData["data"] => ({
  ...data,
  train: fromFolder(data.train, folder),
  test: fromFolder(data.test, folder),
});

async function runAll(
  args: RaceArgs,
  found: Race,
  {
    inTurn,
    entries,
    data,
    facts,
  }: { inTurn: Entry[]; entries: Entry[]; data: RaceData["data"]; facts: RaceData["facts"] },
): Promise<number> {
  const { out, folder } = args;
  const todo = inTurn.filter((entry) => statusOf(runFolder(out, entry)) !== "done");
  const from = Date.now();
  let failures = 0;
  for (const [i, entry] of todo.entries()) {
    const each = i > 0 ? (Date.now() - from) / i : 0;
    const left = each > 0 ? ` · ${leftWords([each * (todo.length - i), each * (todo.length - i)])}` : "";
    process.stderr.write(
      `race ${inTurn.indexOf(entry) + 1}/${inTurn.length}: ${entry.strategy}, seed ${entry.seed}${left}\n`,
    );
    const code = await trainRun(entry, args, { race: found, data, from: folder });
    const status = statusOf(runFolder(out, entry));
    if (status !== "done") failures++;
    else await conclude(out, found, entries, facts);
    if (code === 130 || status === "stopped") {
      console.log(
        `stopped after ${inTurn.length - todo.length + i} of ${inTurn.length} runs; the same command goes on: ${out}`,
      );
      return 130;
    }
    // A run that never began has a fault that the next would share.
    if (status === null) return 1;
  }
  const file = await conclude(out, found, entries, facts);
  if (!file) return 1;
  const there = file.runs.length;
  console.log(
    `${there} of ${inTurn.length} runs, ${file.pairs.length} comparisons: ${join(out, "race.json")}`,
  );
  return failures > 0 ? 1 : 0;
}
