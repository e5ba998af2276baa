// What the recorded runs of the page say against each other: paired by seed, question by question, on two clocks.
// scripts/record.ts writes it to docs/results/comparisons.json; `npx tsx scripts/comparisons.ts` does so alone.
// All arithmetic is the page's own: src/curriculum/paired.ts.
import { join } from "node:path";
import { ROOT } from "./build";
import { isMain } from "./options";
import type * as registryModule from "../src/curriculum/registry";
import type { CurvePoint } from "../src/curriculum/paired";
import type { RunEvent } from "../src/lib/events";
import type { RunEntry } from "../src/store/catalogue";
import { readJson, readLines, writeJson } from "./json";
import type { ComparisonRow, Comparisons, Spent, Statistics, Verdict } from "./results";
import { loadSource } from "./source";

export const COMPARISONS = "docs/results/comparisons.json";
const RUNS = "public/runs";
/** Shares of right answers whose cost is told. */
const THRESHOLDS = [0.5, 0.8];
const BUDGETS = ["steps", "allTokens"] as const;
type Clock = (typeof BUDGETS)[number];

/** An entry of public/runs/index.json. */
export type Recorded = RunEntry;

/** A test, with what the run had cost by then. */
interface Tested {
  step: number;
  value: number;
  items: string;
  steps: number;
  allTokens: number;
}

interface Read {
  tests: Tested[];
  tokens: Spent;
  /** Picks a round of tier C, the rows that the base model has never met. */
  newPicks: number[];
}
type Run = Recorded & Read;

const { isRandomOrder } = await loadSource<typeof registryModule>("src/curriculum/registry.ts");
export const statistics = () => loadSource<Statistics>("src/curriculum/paired.ts");

/** Tests of a log with what each had cost by then. Testing costs nothing, nor does the warm start all orders share. */
export function readLog(events: readonly RunEvent[]): Read {
  const spent = { steps: 0, train: 0, choose: 0, rollout: 0 };
  const tests: Tested[] = [];
  const newPicks: number[] = [];
  let pool: readonly { tags?: readonly string[] }[] = [];
  for (const event of events) {
    if (event.type === "pool.loaded") pool = event.train;
    if (event.type === "pool.scored" || event.type === "step.judged") spent.choose += event.tokens;
    if (event.type === "group.rolled") spent.rollout += event.tokens;
    if (event.type === "step.finished") {
      spent.steps = event.step;
      spent.train += event.tokens;
    }
    if (event.type === "round.selected")
      newPicks.push(event.picks.filter(({ sample }) => pool[sample]?.tags?.includes("C")).length);
    if (event.type === "evaluated")
      tests.push({
        step: event.step,
        value: event.value,
        items: event.items,
        steps: spent.steps,
        allTokens: spent.train + spent.choose + spent.rollout,
      });
  }
  return { tests, tokens: { train: spent.train, choose: spent.choose, rollout: spent.rollout }, newPicks };
}

const round = (value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
/** Six digits are enough for a file that people compare. */
const rounded = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, inner: unknown) => round(inner)) as T;

/** One order against another over their seeds. */
function against(stats: Statistics, own: Run[], other: Run[]) {
  const pairs = own.map((run) => ({ own: run, other: other.find(({ seed }) => seed === run.seed) as Run }));
  const compareAt = (find: (run: Run) => Tested | undefined): Verdict | null => {
    const results = pairs.flatMap((pair) => {
      const [a, b] = [find(pair.own), find(pair.other)];
      return a && b ? [{ own: a, other: b }] : [];
    });
    const compared = results.length === pairs.length ? stats.compare(results) : null;
    if (!compared) return null;
    return {
      ...compared,
      bootstrap: stats.bootstrap(results.map((r) => ({ own: r.own.items, other: r.other.items }))),
      mcnemar: results.map((r) => stats.mcnemar(r.own.items, r.other.items)),
    };
  };
  const curve = (run: Run, clock: Clock): CurvePoint[] =>
    run.tests.map((test) => ({ cost: test[clock], value: test.value }));
  return {
    bySteps: pairs[0].own.tests.map(({ step }) => ({
      step,
      own: pairs.map((pair) => pair.own.tests.find((test) => test.step === step)?.value ?? null),
      other: pairs.map((pair) => pair.other.tests.find((test) => test.step === step)?.value ?? null),
      ...(compareAt((run) => run.tests.find((test) => test.step === step)) as Verdict),
    })),
    // At the most tokens that both runs of a pair have spent, choosing and rollouts included.
    atEqualTokens: (() => {
      const budgets = pairs.map((pair) =>
        Math.min(pair.own.tests.at(-1)?.allTokens ?? 0, pair.other.tests.at(-1)?.allTokens ?? 0),
      );
      const budgetOf = (run: Run) =>
        budgets[pairs.findIndex((pair) => pair.own === run || pair.other === run)];
      return {
        budgets,
        ...(compareAt((run) => run.tests.findLast((test) => test.allTokens <= budgetOf(run))) as Verdict),
      };
    })(),
    area: Object.fromEntries(
      BUDGETS.map((clock) => [
        clock,
        stats.compareCurves(
          pairs.map((pair) => ({ own: curve(pair.own, clock), other: curve(pair.other, clock) })),
        ),
      ]),
    ),
    reach: THRESHOLDS.map((threshold) => ({
      threshold,
      ...Object.fromEntries(
        BUDGETS.map((clock) => [
          clock,
          {
            own: pairs.map((pair) => stats.costToReach(curve(pair.own, clock), threshold)),
            other: pairs.map((pair) => stats.costToReach(curve(pair.other, clock), threshold)),
          },
        ]),
      ),
    })),
  };
}

/** Every order against chance, story by story. */
export function comparisons(
  index: Recorded[],
  eventsOf: (entry: Recorded) => RunEvent[],
  stats: Statistics,
): ComparisonRow[] {
  const rows: ComparisonRow[] = [];
  for (const story of [...new Set(index.map((entry) => entry.story))]) {
    const runs = index
      .filter((entry) => entry.story === story)
      .map((entry) => ({ ...entry, ...readLog(eventsOf(entry)) }));
    const other = runs.filter(({ strategy }) => isRandomOrder(strategy));
    for (const strategy of [...new Set(runs.map((run) => run.strategy))]) {
      const own = runs.filter((run) => run.strategy === strategy && other.some((r) => r.seed === run.seed));
      if (isRandomOrder(strategy) || own.length === 0) continue;
      const beside = own.map((run) => other.find(({ seed }) => seed === run.seed) as Run);
      rows.push({
        story,
        own: strategy,
        other: beside[0].strategy,
        seeds: own.map(({ seed }) => seed),
        testRows: own[0].tests[0].items.length,
        tokens: { own: own.map(({ tokens }) => tokens), other: beside.map(({ tokens }) => tokens) },
        newPicks: own.map(({ newPicks }) => newPicks),
        ...against(stats, own, beside),
      });
    }
  }
  return rounded(rows);
}

export const recordedIndex = () => readJson<Recorded[]>(join(ROOT, RUNS, "index.json"));
export const recordedEvents = ({ file }: Pick<Recorded, "file">) =>
  readLines<RunEvent>(join(ROOT, RUNS, file));

/** Everything that docs/results/comparisons.json says, from the recorded logs. */
export function comparisonsFile(stats: Statistics): Comparisons {
  const about =
    "The page's recorded runs against random order, paired by seed: differences own − other of test accuracy with 95 % intervals of Student's t over seeds and of a hierarchical bootstrap (seeds, then questions), McNemar's exact test by seed, area between the curves, cost to thresholds; made by scripts/comparisons.ts";
  return { about, rows: comparisons(recordedIndex(), recordedEvents, stats) };
}

export async function writeComparisons(): Promise<void> {
  writeJson(join(ROOT, COMPARISONS), comparisonsFile(await statistics()), 1);
}

if (isMain(import.meta.url)) {
  await writeComparisons();
  console.log(COMPARISONS);
}
