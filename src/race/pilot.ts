// A pilot: does an order pay on this data? A few steps of it and of random order with each of several seeds, and the answer: a
// difference with its interval by each measure of cost, and the price of both the pilot and the order itself. Pure.
import { resolveRace, type Race } from "../config/race";
import { resolveConfig } from "../config/resolve";
import type { ConfigInput } from "../config/tree";
import { RANDOM_ORDER, strategyLabel } from "../curriculum/registry";
import type { StrategyName } from "../curriculum/strategy";
import { decimal, range } from "../curriculum/paired";
import { mean } from "../curriculum/stats";
import type { RunEvent } from "../lib/events";
import { count, percent, plural } from "../lib/format";
import { raceFile, type RaceFile, type RacePair } from "./race";
import { cutAtTokens, raceRun, runExtras, type RunExtras } from "./runs";

export interface PilotWish {
  /** Held against random order. */
  strategy: StrategyName;
  steps: number;
  /** Seeds of each order; the first is the config's own. */
  seeds: number;
}

/** Steps a pilot takes where nothing else is said. */
const FEW_STEPS = 24;
/** A round where a config sets no budget in steps. */
const ROUND_STEPS = 8;

/** Steps of a round of the whole run, so that the pilot picks as often for its steps as the run will. */
function stepsPerRound(config: unknown): number {
  const { budget, curriculum } = resolveConfig(config);
  if (budget.stepsPerRound !== null) return budget.stepsPerRound;
  if (budget.steps === null || curriculum.rounds === 1) return ROUND_STEPS;
  return Math.max(1, Math.round(budget.steps / curriculum.rounds));
}

/** A number of steps that makes whole rounds, at least two: choosing again is what a curriculum is about. */
export function pilotSteps(config: unknown, wanted = FEW_STEPS): number {
  const each = stepsPerRound(config);
  return Math.max(2, Math.round(wanted / each)) * each;
}

/**
 * The runs of a pilot: ordinary ones, order by order with each seed, tested after every round.
 * @throws LabError "config" where the config itself is at fault
 */
export function pilotRace(config: unknown, { strategy, steps, seeds }: PilotWish): Race {
  const { seed } = resolveConfig(config);
  const given = config as ConfigInput;
  return resolveRace({
    ...given,
    budget: {},
    curriculum: { ...given.curriculum, rounds: Math.max(1, Math.round(steps / stepsPerRound(config))) },
    evaluation: { ...given.evaluation, every: "round" },
    race: {
      strategies: [RANDOM_ORDER, strategy],
      seeds: Array.from({ length: seeds }, (_, k) => (seed + k) % 2 ** 32),
      cost: "steps",
      budget: steps,
    },
  });
}

export interface PilotLog {
  strategy: string;
  seed: number;
  events: readonly RunEvent[];
}

/** One measure of cost. */
export interface PilotLine {
  cost: "steps" | "tokens";
  /** Mean share right while the budget was spent, and at its end: order − random order. */
  area: RacePair;
  end: RacePair;
}

export interface PilotAnswer {
  /** Does it pay, by all tokens; "unclear" wherever the interval holds 0, or one seed has none. */
  verdict: "pays" | "loses" | "unclear";
  sentence: string;
  price: string;
  lines: PilotLine[];
  seeds: number;
}

const NO_MATERIAL = { name: "", hash: "" };

function fileOf(logs: readonly PilotLog[], cost: "steps" | "tokens", budget: number): RaceFile {
  return raceFile({
    cost,
    budget,
    threshold: 1,
    against: RANDOM_ORDER,
    pool: NO_MATERIAL,
    test: { n: 0, hash: "" },
    runs: logs.map(({ strategy, seed, events }) => {
      const whole = raceRun(strategy, seed, events, { cost: "steps", budget: Infinity });
      return cutAtTokens(whole, cost === "tokens" ? budget : Infinity);
    }),
    extras: [],
    missing: [],
  });
}

const spentBy = (logs: readonly PilotLog[]): RunExtras["spent"][] =>
  logs.map(({ strategy, seed, events }) => runExtras(strategy, seed, events, null).spent);

const total = (spent: readonly RunExtras["spent"][], of: keyof RunExtras["spent"]): number =>
  spent.reduce((sum, run) => sum + run[of], 0);

/** "29.2 points more" of a difference of shares. */
const points = (share: number): string =>
  `${decimal(100 * Math.abs(share))} points ${share < 0 ? "less" : "more"}`;

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const WORDS: Record<PilotAnswer["verdict"], string> = {
  pays: "it pays here",
  loses: "it does not pay here, random order is ahead",
  unclear: "too close to call",
};

/**
 * @param logs of finished runs; seeds that only one order has are left out
 * @returns null before both orders have finished one seed
 */
export function pilotAnswer(logs: readonly PilotLog[], strategy: string): PilotAnswer | null {
  const of = (name: string) => logs.filter((log) => log.strategy === name);
  const seedsOf = (name: string) => new Set(of(name).map(({ seed }) => seed));
  const paired = logs.filter(({ seed }) => seedsOf(strategy).has(seed) && seedsOf(RANDOM_ORDER).has(seed));
  if (paired.length === 0) return null;
  const [own, random] = [strategy, RANDOM_ORDER].map((name) =>
    spentBy(paired.filter((log) => log.strategy === name)),
  );
  // Random order's own spending is the budget: what an order takes for choosing, it cannot train with.
  const budgets = {
    steps: Math.max(...random.map(({ steps }) => steps)),
    tokens: mean(random.map(({ tokens }) => tokens)),
  };
  const lines = (["steps", "tokens"] as const).map((cost): PilotLine => {
    const { pairs } = fileOf(paired, cost, budgets[cost]);
    const by = (measure: string): RacePair => pairs.find((pair) => pair.measure === measure)!;
    return { cost, area: by("area"), end: by("end") };
  });
  const { area } = lines[1];
  const label = strategyLabel(strategy);
  const verdict =
    area.interval === null || area.difference === null
      ? "unclear"
      : area.interval[0] > 0
        ? "pays"
        : area.interval[1] < 0
          ? "loses"
          : "unclear";
  const [low, high] = area.interval ?? [0, 0];
  const told = area.interval
    ? `95 % interval ${range([100 * low, 100 * high])}`
    : "one seed, which names no winner";
  const choosing = own.map(({ tokens, trainTokens }) => (tokens - trainTokens) / Math.max(1, tokens));
  const all = [...own, ...random];
  return {
    verdict,
    sentence:
      `While ${count(Math.round(budgets.tokens))} tokens are spent, ${label} has ${points(area.difference ?? 0)} of the test ` +
      `right than random order (mean of ${plural(own.length, "seed")}, ${told}): ${WORDS[verdict]}.`,
    price:
      `The pilot took ${plural(all.length, "run")}, ${count(total(all, "tokens"))} tokens and ` +
      `${duration(total(all, "seconds"))} besides its tests. ${label} spends ${percent(mean(choosing))} of its tokens on choosing.`,
    lines,
    seeds: own.length,
  };
}
