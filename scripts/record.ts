// Turns finished runs of `npm run lab -- run` into the page's recorded runs and into the results file that compares
// them with PyTorch. Runs are grouped by story (pool or trainer) and strategy; groups without a run among the given ones stay
// as they were recorded, but for the story of rewards, whose results compare all its runs and are made anew together.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as registryModule from "../src/curriculum/registry";
import { REWARD_STORY } from "../src/config/recorded";
import type { ResolvedConfig } from "../src/config/tree";
import type { RunEventOf } from "../src/lib/events";
import type { Summary } from "../src/headless/summary";
import { COMPARISONS, statistics, writeComparisons, type Recorded } from "./comparisons";
import { readJson, writeJson } from "./json";
import { isMain, options } from "./options";
import { SHOWN, STORIES, TITLES } from "./recorded";
import type { Curricula, CurriculumRow, Environment, FinishedRun, Reference } from "./results";
import { groupOf, rewardLines, rewardRows, standardError } from "./reward-results";
import { loadSource } from "./source";

const HELP = `Makes the page's recorded runs and docs/results of finished runs.

  npx tsx scripts/record.ts DIR [DIR …] [--other-work]

  --other-work  the machine did other work during these runs: the page then compares none of their seconds
`;

const RUNS = "public/runs";
const RESULTS = "docs/results/curricula.json";
const REWARD_RESULTS = "docs/results/rewards.json";
const REFERENCE = "scripts/base-model/results/reference.json";
/** A run folder, read. */
interface Run extends FinishedRun {
  dir: string;
  config: ResolvedConfig & { environment?: Environment };
  pool: string;
  strategy: string;
  story: string;
  id: string;
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
/** Recorded seeds of a story; further ones only count in the results. */
const SHOWN_SEEDS = 3;

/** Right and wrong by question of the last test in a log. */
function lastItems(file: string): string | null {
  const line = readFileSync(file, "utf8")
    .split("\n")
    .findLast((text) => text.includes('"type":"evaluated"'));
  return line ? (JSON.parse(line) as RunEventOf<"evaluated">).items : null;
}

/** One run folder as a record. */
function readRun(dir: string): Run {
  const config = readJson<Run["config"]>(join(dir, "config.json"));
  const summary = readJson<Summary>(join(dir, "summary.json"));
  if (summary.status !== "done") throw new Error(`${dir}: the run is ${summary.status}, not done`);
  const pool = String(config.data.train).replace("builtin:", "");
  const strategy = config.curriculum.strategy;
  const story = config.trainer.kind === "grpo" ? REWARD_STORY : pool;
  return {
    dir,
    config,
    summary,
    pool,
    strategy,
    story,
    seed: config.seed,
    id: `${story}-${strategy}-${config.seed}`,
    finalItems: lastItems(join(dir, "events.jsonl")),
  };
}

/** Accuracy after each round, by seed and in the mean, beside PyTorch's where it has the same set-up. */
function table(runs: Run[], reference: Reference | null): CurriculumRow[] {
  const groups = new Map<string, Run[]>();
  for (const run of runs.filter((r) => r.story !== REWARD_STORY)) {
    const key = `${run.pool} ${run.strategy}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((group) => {
    const [{ pool, strategy, config }] = group;
    const rounds = config.curriculum.rounds;
    const perRound = (config.budget.steps ?? NaN) / rounds;
    const theirs = reference?.sft.find(
      (r) =>
        r.pool === pool &&
        r.strategy === strategy &&
        r.steps === perRound &&
        r.N === config.curriculum.perRound,
    );
    const testRows = group[0].summary.after?.n ?? NaN;
    return {
      pool,
      strategy,
      rounds,
      stepsPerRound: perRound,
      perRound: config.curriculum.perRound,
      seeds: group.map((r) => r.seed),
      testRows,
      accuracy: Array.from({ length: rounds + 1 }, (_, round) => {
        const bySeed = group.map(
          (r) => r.summary.evaluations.find((e) => e.step === round * perRound)?.value ?? null,
        );
        const known = bySeed.filter((v) => v !== null);
        const other = theirs?.accuracy.find((a) => a.round === round) ?? null;
        const own = { mean: mean(known), se: standardError(known) };
        // A proportion measured on n rows has an error of its own even where seeds happen to agree.
        const floor = (p: number, n: number) => Math.sqrt((p * (1 - p)) / testRows / n);
        const both =
          other &&
          Math.hypot(
            Math.max(own.se ?? 0, floor(own.mean, known.length)),
            Math.max(other.se ?? 0, floor(other.mean, other.by_seed.length)),
          );
        return {
          round,
          bySeed,
          ...own,
          pytorch: other && { bySeed: other.by_seed, mean: other.mean, se: other.se },
          differenceInStandardErrors: other && both ? Math.abs(own.mean - other.mean) / both : null,
        };
      }),
      tokens: {
        score: mean(group.map((r) => r.summary.tokens.score)),
        train: mean(group.map((r) => r.summary.tokens.train)),
      },
      seconds: {
        score: mean(group.map((r) => r.summary.seconds.score)),
        train: mean(group.map((r) => r.summary.seconds.train)),
        evaluate: mean(group.map((r) => r.summary.seconds.evaluate)),
      },
      environment: config.environment ?? null,
    };
  });
}

type Group = Pick<Recorded, "story" | "strategy">;
const groupName = ({ story, strategy }: Group): string => `${story} ${strategy}`;

type Order = Pick<Recorded, "story" | "seed" | "strategy">;
const { STRATEGY_NAMES, isRandomOrder } = await loadSource<typeof registryModule>(
  "src/curriculum/registry.ts",
);
/** As menus have them, those that draw at random last. */
const STRATEGIES: readonly string[] = [
  ...STRATEGY_NAMES.filter((name) => !isRandomOrder(name)),
  ...STRATEGY_NAMES.filter((name) => isRandomOrder(name)),
];
const byStory = (a: Order, b: Order) =>
  STORIES.indexOf(a.story) - STORIES.indexOf(b.story) ||
  a.seed - b.seed ||
  STRATEGIES.indexOf(a.strategy) - STRATEGIES.indexOf(b.strategy);

const readOr = <T>(file: string, fallback: T): T => (existsSync(file) ? readJson<T>(file) : fallback);

/** The log of a run, marked where its seconds are no measurement. */
function logText(dir: string, otherWork: boolean): string {
  const text = readFileSync(join(dir, "events.jsonl"), "utf8");
  if (!otherWork) return text;
  const end = text.indexOf("\n");
  const started = JSON.parse(text.slice(0, end)) as RunEventOf<"run.started">;
  return JSON.stringify({ ...started, environment: { ...started.environment, otherWork } }) + text.slice(end);
}

/** Copies the logs that the page shows. Returns the new list of recorded runs. */
function record(runs: Run[], replaced: (group: Group) => boolean, otherWork: boolean): Recorded[] {
  mkdirSync(RUNS, { recursive: true });
  const before = readOr<Recorded[]>(join(RUNS, "index.json"), []);
  for (const entry of before) if (replaced(entry)) rmSync(join(RUNS, entry.file), { force: true });
  const kept = before.filter((entry) => !replaced(entry));
  const shown = runs.filter(
    (run) => run.seed <= SHOWN_SEEDS && (run.story !== REWARD_STORY || SHOWN.includes(groupOf(run.config))),
  );
  const entries = shown.map((run) => {
    const file = `${run.id}.jsonl`;
    writeFileSync(join(RUNS, file), logText(run.dir, otherWork));
    const beside = [...shown, ...kept].find(
      (r) => r.story === run.story && r.seed === run.seed && isRandomOrder(r.strategy),
    );
    return {
      id: run.id,
      title: TITLES[run.story] ?? run.pool,
      story: run.story,
      strategy: run.strategy,
      seed: run.seed,
      file,
      compareWith: isRandomOrder(run.strategy) ? null : (beside?.id ?? null),
    };
  });
  const index = [...kept, ...entries].sort(byStory);
  writeJson(join(RUNS, "index.json"), index, 2);
  return index;
}

function printTable(rows: CurriculumRow[]) {
  for (const row of rows) {
    console.log(`${row.pool}, ${row.strategy}, ${row.seeds.length} seeds`);
    for (const a of row.accuracy) {
      const percent = (v: number | null) => (v === null ? "–" : (100 * v).toFixed(1));
      console.log(
        `  round ${a.round}: ${a.bySeed.map(percent).join(" ")}, mean ${percent(a.mean)}` +
          (a.pytorch
            ? `; PyTorch ${a.pytorch.bySeed.map(percent).join(" ")}, ${a.differenceInStandardErrors?.toFixed(1) ?? "–"} standard errors apart`
            : ""),
      );
    }
  }
}

async function main(dirs: string[], otherWork: boolean) {
  const runs = dirs.map(readRun).sort(byStory);
  const stories = new Set(runs.map(({ story }) => story));
  const groups = new Set(runs.map(groupName));
  const replaced = (group: Group): boolean =>
    groups.has(groupName(group)) || (group.story === REWARD_STORY && stories.has(REWARD_STORY));
  const index = record(runs, replaced, otherWork);
  const reference = readJson<Reference>(REFERENCE);
  mkdirSync("docs/results", { recursive: true });
  const supervised = table(runs, reference);
  if (supervised.length > 0) {
    const kept = readOr<Pick<Curricula, "rows">>(RESULTS, { rows: [] }).rows.filter(
      ({ pool, strategy }) => !replaced({ story: pool, strategy }),
    );
    const about =
      "Test accuracy by round of the page's recorded runs, beside PyTorch's on the same weights and set-up; made by scripts/record.ts";
    const rows = [...supervised, ...kept].sort((a, b) =>
      byStory({ ...a, story: a.pool, seed: 0 }, { ...b, story: b.pool, seed: 0 }),
    );
    writeJson(RESULTS, { about, rows }, 1);
    printTable(supervised);
  }
  if (stories.has(REWARD_STORY)) {
    const rewarded = rewardRows(
      runs.filter(({ story }) => story === REWARD_STORY),
      reference,
      await statistics(),
    );
    const about =
      "Reinforcement runs of the lab on comm after a warm start, every measure by seed, paired differences with 95 % intervals of Student's t, beside PyTorch's on the same weights and set-up; made by scripts/record.ts from scripts/experiments.ts";
    writeJson(REWARD_RESULTS, { about, rows: rewarded }, 1);
    for (const line of rewardLines(rewarded)) console.log(line);
  }
  await writeComparisons();
  console.log(
    `${index.length} runs recorded in ${RUNS}, results in ${RESULTS}, ${REWARD_RESULTS} and ${COMPARISONS}. ` +
      "Now: npx tsx scripts/claims.ts --write",
  );
}

if (isMain(import.meta.url)) {
  const given = options(HELP, { "other-work": "boolean" });
  await main(given._, given["other-work"] === true);
}
