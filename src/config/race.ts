// A race: several orders over several seeds under one budget. What CONFIG.json says of it under "race", and the config
// of each of its runs, which is an ordinary one.
import * as v from "valibot";
import { RANDOM_ORDER, STRATEGY_NAMES, isRandomOrder, strategyIn } from "../curriculum/registry";
import type { StrategyName } from "../curriculum/strategy";
import { LabError } from "../lib/errors";
import { choice, choices, number, shown } from "./fields";
import { checked, refused, resolveConfig } from "./resolve";
import type { ConfigInput, ResolvedConfig } from "./tree";

/** What the budget counts; tokens include scoring, judging and rollouts, and neither they nor seconds include testing. */
export const RACE_COSTS = ["steps", "trainTokens", "tokens", "seconds"] as const;
export type RaceCost = (typeof RACE_COSTS)[number];

const seeds = v.optional(
  v.custom<number[]>(
    (x) =>
      Array.isArray(x) &&
      x.length > 0 &&
      new Set(x).size === x.length &&
      x.every((seed) => Number.isInteger(seed) && seed >= 0 && seed <= 4294967295),
    ({ input }) => `expected a list of different whole numbers ≥ 0, got ${shown(input)}`,
  ),
  () => [1, 2, 3],
);

const raceSchema = v.strictObject({
  race: v.strictObject({
    strategies: choices<StrategyName>([RANDOM_ORDER], STRATEGY_NAMES, {
      label: "Orders",
      help: "The strategies that race; random order must be among them, the others are measured against it.",
    }),
    seeds,
    cost: choice("tokens", RACE_COSTS, {
      label: "Cost",
      help: "What the budget counts: steps, training tokens, all tokens (scoring, judging and rollouts included) or seconds. Tests never count.",
    }),
    budget: v.custom<number>(
      (x) => typeof x === "number" && Number.isFinite(x) && x > 0,
      ({ input }) => `expected a number > 0 of what race.cost counts, got ${shown(input)}`,
    ),
    threshold: number(0.7, 0, 1, {
      label: "Threshold",
      help: "The share of right test answers whose cost is compared.",
    }),
  }),
});

export type RaceSettings = v.InferOutput<typeof raceSchema>["race"];

export interface Race {
  race: RaceSettings;
  /** Random order, as the race has it: the others are measured against it. */
  against: StrategyName;
  /** What its runs share, resolved; the strategy is the first one's. */
  shared: ResolvedConfig;
  /** What a run is given: nothing but what was written, with order, seed and budget. */
  runConfig(strategy: StrategyName, seed: number): ConfigInput;
}

/** Steps of a round where a config says nothing of its budget. */
const DEFAULT_STEPS = 40;

/**
 * Checks a race and the config of every order in it.
 * @param input CONFIG.json with "race"
 * @throws LabError "config": one line a fault, `race.seeds: expected …, got …`
 */
export function resolveRace(input: unknown): Race {
  const { race: given, ...rest } = { ...(input as { race?: unknown } & ConfigInput) };
  if (given === undefined || given === null || typeof given !== "object" || Array.isArray(given))
    throw refused([`race: expected an object with strategies, seeds, cost and budget, got ${shown(given)}`]);
  const { race } = checked(raceSchema, { race: withOrders(given, rest) });
  const against = race.strategies.find(isRandomOrder);
  if (!against)
    throw refused([
      `race.strategies: expected random order ("${RANDOM_ORDER}") among them, against which the others are measured, got ${shown(race.strategies)}`,
    ]);
  const budget = budgetOf(race, rest);
  const runConfig = (strategy: StrategyName, seed: number): ConfigInput => ({
    ...rest,
    curriculum: { ...rest.curriculum, strategy },
    budget,
    seed,
  });
  const [shared] = race.strategies.map((strategy) => resolved(runConfig(strategy, race.seeds[0]), race));
  return { race, against, shared, runConfig };
}

/** Random order and the config's own one, where the race names none. */
function withOrders(race: object, rest: ConfigInput): object {
  const own = strategyIn(rest);
  return "strategies" in race
    ? race
    : { strategies: [RANDOM_ORDER, ...(own && own !== RANDOM_ORDER ? [own] : [])], ...race };
}

/**
 * The budget of each run. Under tokens or seconds a round keeps the steps that the config gives it, and rounds follow
 * until the budget is spent: else an order whose scoring takes a whole round's share would hardly train.
 */
function budgetOf({ cost, budget }: RaceSettings, rest: ConfigInput): NonNullable<ConfigInput["budget"]> {
  const own = rest.budget ?? {};
  for (const limit of ["tokens", "trainTokens", "seconds"] as const)
    if (own[limit] !== undefined && own[limit] !== null)
      throw refused([
        `budget.${limit}: a race has one budget, race.budget; leave this one out, got ${shown(own[limit])}`,
      ]);
  if (cost === "steps") {
    if (typeof own.steps === "number" && own.steps !== budget)
      throw refused([
        `budget.steps: a race in steps has race.budget of them (${budget}), got ${shown(own.steps)}`,
      ]);
    return { ...own, steps: budget };
  }
  const { curriculum } = resolveConfig({
    ...rest,
    curriculum: { ...rest.curriculum, strategy: RANDOM_ORDER },
    budget: { stepsPerRound: 1 },
  });
  const stepsPerRound =
    own.stepsPerRound ?? Math.max(1, Math.round((own.steps ?? DEFAULT_STEPS) / curriculum.rounds));
  return { [cost]: budget, stepsPerRound };
}

/** Resolves a run's config; a fault in what the race put into it is told with the race's own path. */
function resolved(config: ConfigInput, { cost }: RaceSettings): ResolvedConfig {
  try {
    return resolveConfig(config);
  } catch (thrown) {
    if (!(thrown instanceof LabError)) throw thrown;
    const lines = thrown.message
      .split("\n")
      .map((line) => line.replace(/^curriculum\.strategy:/, "race.strategies:"))
      .map((line) => line.replace(`budget.${cost}:`, "race.budget:"));
    throw refused(lines);
  }
}
