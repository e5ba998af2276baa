// The arena: what races of orders found, pool by pool. `npx tsx scripts/arena.ts DIR …` takes finished races
// (`npm run lab -- race`, in steps), compares them at equal steps and at equal tokens, and writes docs/results/arena.json and
// the page made of it, arena.md; and public/races.json, what the lab's own page shows. Pools that are not given stay as they are.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as arenaModule from "../src/race/arena";
import type { Arena, ArenaPool } from "../src/race/arena";
import type * as multiplesModule from "../src/race/multiples";
import type * as secondModule from "../src/race/second";
import type { AdversaryRun } from "../src/race/adversaries";
import type { Second, SecondRun } from "../src/race/second";
import type { Race } from "../src/config/race";
import type { RunEvent, RunEventOf } from "../src/lib/events";
import type { Summary } from "../src/headless/summary";
import { readJson, readLines, writeJson } from "./json";
import { isMain, options, usage } from "./options";
import { loadSource } from "./source";

const HELP = `Writes what races found to docs/results/arena.json and arena.md.

  npx tsx scripts/arena.ts DIR [DIR …]   folders of finished races in steps
  npx tsx scripts/arena.ts --torch F     runs in PyTorch as scripts/scout/race.py writes them, to arena-pytorch.json
  npx tsx scripts/arena.ts --adversaries F   runs of scripts/scout/adversaries.py, in place of those recorded
  npx tsx scripts/arena.ts               arena.md anew of what is recorded
`;

export const ARENA = "docs/results/arena.json";
export const ARENA_TORCH = "docs/results/arena-pytorch.json";
/** What failed and why, in words: part of the page. */
const NOTES = "docs/results/arena-notes.md";
/** What the page shows of them. */
export const RACES = "public/races.json";
export const ARENA_PAGE = "docs/results/arena.md";

/** The race in a folder, as far as it is run. */
function poolOf(dir: string, { arenaPool }: typeof arenaModule): ArenaPool {
  const config = readJson<{ race: Race["race"]; data: { train: string } }>(join(dir, "config.json"));
  const { race } = config;
  if (race.cost !== "steps")
    throw new Error(`${dir}: the race is in ${race.cost}; the arena takes races in steps`);
  const logs = race.strategies.flatMap((strategy) =>
    race.seeds.flatMap((seed) => {
      const folder = join(dir, `${strategy}-${seed}`);
      const summary = join(folder, "summary.json");
      if (!existsSync(summary) || readJson<Summary>(summary).status !== "done") return [];
      return [{ strategy, seed, events: readLines<RunEvent>(join(folder, "events.jsonl")) }];
    }),
  );
  if (logs.length === 0) throw new Error(`${dir}: no run of the race is finished`);
  const [started] = logs[0].events.filter((e): e is RunEventOf<"run.started"> => e.type === "run.started");
  return arenaPool(config.data.train.replace("builtin:", ""), race, started, logs);
}

/** The recorded runs in PyTorch, with those of a file added; a run that is given again replaces the old one. */
function secondOf(file: string | undefined, against: string | undefined, about: string): Second | null {
  const { runs: before, adversaries } = existsSync(ARENA_TORCH)
    ? readJson<Second>(ARENA_TORCH)
    : { runs: [], adversaries: undefined };
  const given = file === undefined ? [] : readLines<SecondRun>(file);
  const nameOf = ({ pool, strategy, seed, curve }: SecondRun): string =>
    [pool, strategy, seed, curve.at(-1)![0]].join(" ");
  const runs = [...new Map([...before, ...given].map((run) => [nameOf(run), run])).values()];
  return runs.length === 0
    ? null
    : { about, runs, adversaries: against === undefined ? adversaries : readLines<AdversaryRun>(against) };
}

async function main(dirs: string[], torch?: string, against?: string): Promise<void> {
  const module = await loadSource<typeof arenaModule>("src/race/arena.ts");
  const before: Arena = existsSync(ARENA) ? readJson<Arena>(ARENA) : { about: module.ABOUT, pools: [] };
  const given = dirs.map((dir) => poolOf(dir, module));
  const kept = before.pools.filter((pool) => !given.some(({ name }) => name === pool.name));
  const arena: Arena = { about: module.ABOUT, pools: [...kept, ...given] };
  if (arena.pools.length === 0) return usage(HELP, "No race is given, and none is recorded.");
  writeJson(ARENA, arena, 1);
  const { ABOUT_SECOND } = await loadSource<typeof secondModule>("src/race/second.ts");
  const second = secondOf(torch, against, ABOUT_SECOND);
  if (second) writeJson(ARENA_TORCH, second, 1);
  writeFileSync(ARENA_PAGE, module.arenaPage(arena, second, readFileSync(NOTES, "utf8")));
  const { multiplesOf } = await loadSource<typeof multiplesModule>("src/race/multiples.ts");
  writeJson(RACES, multiplesOf(arena, second));
  console.log(`pools: ${arena.pools.length}, runs in PyTorch: ${second?.runs.length ?? 0}: ${ARENA_PAGE}`);
}

if (isMain(import.meta.url)) {
  const args = options(HELP, { torch: "string", adversaries: "string" });
  await main(args._, args.torch, args.adversaries);
}
