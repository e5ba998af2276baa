// The arena: races of orders on several pools as one record, each compared at equal steps and at equal tokens, and the page
// that tells what came out. Pure.
import type { RaceSettings } from "../config/race";
import { RANDOM_ORDER, strategyLabel } from "../curriculum/registry";
import { range, signed } from "../curriculum/paired";
import { mean, median } from "../curriculum/stats";
import type { RunEvent, RunEventOf } from "../lib/events";
import { count, list, percent, plural } from "../lib/format";
import { markdownTable } from "../lib/markdown";
import { adversariesText } from "./adversaries";
import { raceFile, type RaceFile, type RacePair } from "./race";
import { cutAtTokens, raceRun, runExtras } from "./runs";
import { secondText, type Second } from "./second";

export const ABOUT =
  "Races of orders in the lab, pool by pool, at equal steps and at equal tokens; made by scripts/arena.ts from `npm run lab -- race`";

export interface ArenaPool {
  name: string;
  /** How each run was set up. */
  setup: {
    steps: number;
    rounds: number;
    perRound: number | null;
    adapter: string;
    browser: string;
    code: string;
  };
  byCost: Record<"steps" | "tokens", RaceFile>;
}

export interface Arena {
  about: string;
  pools: ArenaPool[];
}

interface Log {
  strategy: string;
  seed: number;
  events: readonly RunEvent[];
}

type Cost = keyof ArenaPool["byCost"];
const COSTS: readonly Cost[] = ["steps", "tokens"];

/** @param logs finished runs of a race in steps */
export function arenaPool(
  name: string,
  race: Pick<RaceSettings, "budget" | "threshold">,
  { config, environment, identity }: RunEventOf<"run.started">,
  logs: readonly Log[],
): ArenaPool {
  const { curriculum } = config as { curriculum: { rounds: number; perRound: number | null } };
  const extras = logs.map(({ strategy, seed, events }) => runExtras(strategy, seed, events, null));
  const random = extras.filter(({ strategy }) => strategy === RANDOM_ORDER);
  // What random order spent is the budget: tokens that go into choosing train nothing.
  const budgets: Record<Cost, number> = {
    steps: race.budget,
    tokens: Math.round(mean(random.map(({ spent }) => spent.tokens))),
  };
  const tested = logs[0].events.find((event) => event.type === "evaluated");
  const fileOf = (cost: Cost): RaceFile =>
    raceFile({
      cost,
      budget: budgets[cost],
      threshold: race.threshold,
      against: RANDOM_ORDER,
      pool: { name: identity?.train.name ?? name, hash: identity?.train.hash ?? "" },
      test: { n: tested?.n ?? 0, hash: identity?.test.hash ?? "" },
      runs: logs.map(({ strategy, seed, events }) => {
        const whole = raceRun(strategy, seed, events, { cost: "steps", budget: race.budget });
        return cutAtTokens(whole, cost === "tokens" ? budgets.tokens : Infinity);
      }),
      extras,
      missing: [],
    });
  return {
    name,
    setup: {
      steps: race.budget,
      rounds: curriculum.rounds,
      perRound: curriculum.perRound,
      adapter: String(environment.adapter ?? ""),
      browser: /(Chrome|Chromium|Firefox)\/\d+/.exec(String(environment.browser ?? ""))?.[0] ?? "",
      code: identity?.code ?? "",
    },
    byCost: { steps: fileOf("steps"), tokens: fileOf("tokens") },
  };
}

/** "+12.1 [3.0, 21.2]" of a difference of shares, in points. */
function points({ difference, interval }: RacePair): string {
  if (difference === null) return "–";
  return signed(100 * difference) + (interval ? ` ${range([100 * interval[0], 100 * interval[1]])}` : "");
}

const ordersOf = ({ runs }: RaceFile): string[] =>
  [...new Set(runs.map(({ strategy }) => strategy))].filter((name) => name !== RANDOM_ORDER);

/** Median over seeds of what the first test with that share right had cost; "–" where half the runs had none. */
function medianCost(file: RaceFile, strategy: string, threshold: number, cost: Cost): number | null {
  const costs = file.runs
    .filter((run) => run.strategy === strategy)
    .map(({ evaluations }) => {
      const first = evaluations.find(({ value }) => value >= threshold);
      return first ? (cost === "steps" ? first.step : first.tokens) : Infinity;
    });
  const middle = median(costs);
  return Number.isFinite(middle) ? middle : null;
}

const pairOf = (file: RaceFile, strategy: string, measure: string): RacePair =>
  file.pairs.find((pair) => pair.strategy === strategy && pair.measure === measure)!;

const thresholdOf = (file: RaceFile): number =>
  Number(file.pairs.find(({ measure }) => measure.startsWith("timeTo:"))?.measure.slice(7) ?? 0.7);

function resultRows(pools: readonly ArenaPool[], cost: Cost): string[][] {
  return pools.flatMap(({ name, byCost }) => {
    const file = byCost[cost];
    const threshold = thresholdOf(file);
    const theirs = medianCost(file, RANDOM_ORDER, threshold, cost);
    return ordersOf(file).map((strategy) => {
      const own = medianCost(file, strategy, threshold, cost);
      const reach = (n: number | null) => (n === null ? "not reached" : count(Math.round(n)));
      return [
        name,
        strategyLabel(strategy),
        String(pairOf(file, strategy, "area").seeds),
        points(pairOf(file, strategy, "area")),
        points(pairOf(file, strategy, "end")),
        `${reach(own)} / ${reach(theirs)}`,
      ];
    });
  });
}

function costRows(pools: readonly ArenaPool[]): string[][] {
  return pools.flatMap(({ name, byCost: { steps } }) =>
    [RANDOM_ORDER, ...ordersOf(steps)].map((strategy) => {
      const runs = steps.more.runs.filter((run) => run.strategy === strategy);
      const of = (pick: (run: (typeof runs)[number]) => number) => mean(runs.map(pick));
      return [
        name,
        strategyLabel(strategy),
        count(Math.round(of(({ spent }) => spent.trainTokens))),
        count(Math.round(of(({ spent }) => spent.tokens - spent.trainTokens))),
        percent(of(({ coverage }) => coverage)),
        percent(of(({ forgetting }) => forgetting.lost / Math.max(1, forgetting.rightBefore))),
      ];
    }),
  );
}

const HEAD: Record<Cost, string> = {
  steps: "At equal steps",
  tokens: "At equal tokens, scoring included",
};

function setupText({ name, setup, byCost: { steps, tokens } }: ArenaPool): string {
  const { perRound, rounds } = setup;
  return (
    `- **${name}**: ${plural(setup.steps, "step")} in ${plural(rounds, "round")}` +
    `${perRound === null ? "" : `, ${perRound} picks a round`}; ${plural(steps.test.n, "test question")}, asked after every round; ` +
    `${count(tokens.budget)} tokens, what random order spends in the mean. ` +
    `${setup.adapter}, ${setup.browser}, lab ${setup.code}.`
  );
}

/** Which comparisons leave 0 out, and on which side. */
function outcome(pools: readonly ArenaPool[], cost: Cost): string {
  const pairs = pools.flatMap(({ name, byCost }) =>
    byCost[cost].pairs
      .filter(({ measure, interval }) => measure === "area" && interval !== null)
      .map((pair) => ({ ...pair, name })),
  );
  const where = (side: (interval: [number, number]) => boolean): string[] =>
    pairs
      .filter(({ interval }) => side(interval as [number, number]))
      .map(({ strategy, name }) => `${strategyLabel(strategy)} on _${name}_`);
  const ahead = where(([low]) => low > 0);
  const behind = where(([, high]) => high < 0);
  const rest = pairs.length - ahead.length - behind.length;
  return [
    ahead.length > 0
      ? `Ahead of random order by the whole interval of the area: ${list(ahead)}.`
      : "No order is ahead of random order by the whole interval of the area.",
    behind.length > 0 ? `Behind it: ${list(behind)}.` : "None is behind it.",
    rest > 0
      ? `${rest} of ${plural(pairs.length, "comparison")} ${rest === 1 ? "is" : "are"} too close to call.`
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * docs/results/arena.md
 *
 * @param second the same in PyTorch, where it was run
 * @param notes docs/results/arena-notes.md: what failed and why, in words
 */
export function arenaPage({ pools }: Arena, second: Second | null = null, notes = ""): string {
  const columns = [
    "pool",
    "order",
    "seeds",
    "area, points [95 %]",
    "end, points [95 %]",
    `median cost to ${percent(thresholdOf(pools[0].byCost.steps))}, own / random`,
  ];
  const parts = COSTS.flatMap((cost) => [
    `## ${HEAD[cost]}`,
    outcome(pools, cost),
    markdownTable(columns, resultRows(pools, cost)),
    pools.map(({ name, byCost }) => `_${name}_: ${byCost[cost].more.multiplicity}`).join("\n"),
  ]);
  return (
    [
      "# The arena: orders against random order",
      "Made by `npx tsx scripts/arena.ts` of [arena.json](arena.json); no figure is written by hand. Each line is an order minus random order with the same seeds, pool, test and steps. _Area_ is the mean share of right test answers while the budget was spent, _end_ the share when it was (between two tests in a straight line while an order trains, level while it chooses); intervals are 95 % of Student's t over seeds, paired. An interval that holds 0 is too close to call. Pools that are not here have not been raced.",
      ...parts,
      "## What the runs cost and did",
      "Means over seeds of whole runs: _forgot_ is the share of questions right before training that are wrong at the end.",
      markdownTable(
        ["pool", "order", "trained tokens", "tokens for choosing", "of the pool trained", "forgot"],
        costRows(pools),
      ),
      ...(second ? [secondText(second, new Map(pools.map(({ name, byCost }) => [name, byCost.steps])))] : []),
      ...(second?.adversaries ? [adversariesText(second.adversaries)] : []),
      ...(notes ? [notes.trim()] : []),
      "## Set-up",
      pools.map(setupText).join("\n"),
    ].join("\n\n") + "\n"
  );
}
