// What the recorded runs of the page say against each other: paired by seed, question by question, on two clocks.
// scripts/record.ts writes it to docs/results/comparisons.json; `npx tsx scripts/comparisons.ts` does so alone.
// All arithmetic is the page's own: src/curriculum/paired.ts.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./build";
import { isMain } from "./options";
import { loadSource } from "./source";

export const COMPARISONS = "docs/results/comparisons.json";
const RUNS = "public/runs";
/** Shares of right answers whose cost is told. */
const THRESHOLDS = [0.5, 0.8];
const BUDGETS = ["steps", "allTokens"];

const readText = (path) => readFileSync(join(ROOT, path), "utf8");
const { isChance } = await loadSource("src/curriculum/registry.ts");
export const statistics = () => loadSource("src/curriculum/paired.ts");

/**
 * Tests of a log with what each had cost by then. Testing costs nothing, nor does the warm start all orders share.
 * @returns {{ tests: object[], tokens: object, newPicks: number[] }} `newPicks`: picks a round of tier C, the rows
 *   that the base model has never met
 */
export function readLog(events) {
  const spent = { steps: 0, train: 0, choose: 0, rollout: 0 };
  const tests = [];
  const newPicks = [];
  let pool = [];
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

const round = (value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value);
/** Six digits are enough for a file that people compare. */
const rounded = (value) => JSON.parse(JSON.stringify(value), (_, inner) => round(inner));

/** One order against another over their seeds. */
function against(stats, own, other) {
  const pairs = own.map((run) => ({ own: run, other: other.find(({ seed }) => seed === run.seed) }));
  const compareAt = (find) => {
    const results = pairs.map((pair) => ({ own: find(pair.own), other: find(pair.other) }));
    if (results.some((pair) => !pair.own || !pair.other)) return null;
    return {
      ...stats.compare(results),
      bootstrap: stats.bootstrap(results.map((r) => ({ own: r.own.items, other: r.other.items }))),
      mcnemar: results.map((r) => stats.mcnemar(r.own.items, r.other.items)),
    };
  };
  const curve = (run, clock) => run.tests.map((test) => ({ cost: test[clock], value: test.value }));
  return {
    bySteps: pairs[0].own.tests.map(({ step }) => ({
      step,
      own: pairs.map((pair) => pair.own.tests.find((test) => test.step === step)?.value ?? null),
      other: pairs.map((pair) => pair.other.tests.find((test) => test.step === step)?.value ?? null),
      ...compareAt((run) => run.tests.find((test) => test.step === step)),
    })),
    // At the most tokens that both runs of a pair have spent, choosing and rollouts included.
    atEqualTokens: (() => {
      const budgets = pairs.map((pair) =>
        Math.min(pair.own.tests.at(-1).allTokens, pair.other.tests.at(-1).allTokens),
      );
      const budgetOf = (run) => budgets[pairs.findIndex((pair) => pair.own === run || pair.other === run)];
      return {
        budgets,
        ...compareAt((run) => run.tests.findLast((test) => test.allTokens <= budgetOf(run))),
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

/**
 * @param index entries of public/runs/index.json
 * @param eventsOf entry → records of its log
 * @param stats src/curriculum/paired.ts
 */
export function comparisons(index, eventsOf, stats) {
  const rows = [];
  for (const story of [...new Set(index.map((entry) => entry.story))]) {
    const runs = index
      .filter((entry) => entry.story === story)
      .map((entry) => ({ ...entry, ...readLog(eventsOf(entry)) }));
    const other = runs.filter(({ strategy }) => isChance(strategy));
    for (const strategy of [...new Set(runs.map((run) => run.strategy))]) {
      const own = runs.filter((run) => run.strategy === strategy && other.some((r) => r.seed === run.seed));
      if (isChance(strategy) || own.length === 0) continue;
      const beside = own.map((run) => other.find(({ seed }) => seed === run.seed));
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

export const recordedIndex = () => JSON.parse(readText(join(RUNS, "index.json")));
export const recordedEvents = ({ file }) =>
  readText(join(RUNS, file))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Everything that docs/results/comparisons.json says, from the recorded logs. */
export function comparisonsFile(stats) {
  const about =
    "The page's recorded runs against random order, paired by seed: differences own − other of test accuracy with 95 % intervals of Student's t over seeds and of a hierarchical bootstrap (seeds, then questions), McNemar's exact test by seed, area between the curves, cost to thresholds; made by scripts/comparisons.ts";
  return { about, rows: comparisons(recordedIndex(), recordedEvents, stats) };
}

export async function writeComparisons() {
  const file = comparisonsFile(await statistics());
  writeFileSync(join(ROOT, COMPARISONS), `${JSON.stringify(file, null, 1)}\n`);
}

if (isMain(import.meta.url)) {
  await writeComparisons();
  console.log(COMPARISONS);
}
