// Every race as a small picture of its own: mean curves of the orders with their spread over seeds, and how each differs from
// random order at equal tokens. What the page shows of the arena. Pure.
import { RANDOM_ORDER } from "../curriculum/registry";
import { pairedT, type Range } from "../curriculum/paired";
import { mean } from "../curriculum/stats";
import type { Arena } from "./arena";
import { cutAtTokens, type RaceRun } from "./runs";
import { runOf, secondRows, stepsOf, type Second } from "./second";

/** A test: mean tokens spent, mean share right, and the lowest and highest share of any seed. */
export type CurveMean = [tokens: number, value: number, low: number, high: number];

export interface Multiple {
  pool: string;
  /** Where it was raced. */
  by: "lab" | "PyTorch";
  steps: number;
  seeds: number;
  orders: {
    strategy: string;
    curve: CurveMean[];
    /** Area − random order's, a share; at equal steps, and at what random order spends in tokens. null for random order. */
    area: { steps: Difference; tokens: Difference } | null;
  }[];
}

interface Difference {
  mean: number;
  interval: Range | null;
}

export interface Multiples {
  about: string;
  races: Multiple[];
}

const ABOUT =
  "Means of docs/results/arena.json and arena-pytorch.json for the page; made by scripts/arena.ts";

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

function differenceOf(values: readonly number[]): Difference {
  const t = pairedT(values);
  const ends = t?.interval?.map(rounded) as Range | undefined;
  return { mean: rounded(t?.mean ?? NaN), interval: ends ?? null };
}

/** Tests of the runs of one order, side by side; only those that every run had. */
function curveOf(runs: readonly RaceRun[]): CurveMean[] {
  const shared = Math.min(...runs.map(({ evaluations }) => evaluations.length));
  return Array.from({ length: shared }, (_, k): CurveMean => {
    const tests = runs.map(({ evaluations }) => evaluations[k]);
    const values = tests.map(({ value }) => value);
    return [
      Math.round(mean(tests.map(({ tokens }) => tokens))),
      rounded(mean(values)),
      rounded(Math.min(...values)),
      rounded(Math.max(...values)),
    ];
  });
}

const strategiesOf = (runs: readonly { strategy: string }[]): string[] => [
  RANDOM_ORDER,
  ...new Set(runs.map(({ strategy }) => strategy).filter((name) => name !== RANDOM_ORDER)),
];

function multiple(
  by: Multiple["by"],
  pool: string,
  steps: number,
  runs: readonly RaceRun[],
  areaOf: (strategy: string) => Multiple["orders"][number]["area"],
): Multiple {
  const random = runs.filter(({ strategy }) => strategy === RANDOM_ORDER);
  const budget = mean(random.map(({ evaluations }) => evaluations.at(-1)!.tokens));
  return {
    pool,
    by,
    steps,
    seeds: new Set(runs.map(({ seed }) => seed)).size,
    orders: strategiesOf(runs).map((strategy) => ({
      strategy,
      // No further than random order's tokens reach.
      curve: curveOf(runs.filter((run) => run.strategy === strategy).map((run) => cutAtTokens(run, budget))),
      area: strategy === RANDOM_ORDER ? null : areaOf(strategy),
    })),
  };
}

export function multiplesOf({ pools }: Arena, second: Second | null): Multiples {
  const labs = pools.map(({ name, setup, byCost }) =>
    multiple("lab", name, setup.steps, byCost.steps.runs, (strategy) => {
      const of = (cost: "steps" | "tokens") => {
        const at = byCost[cost].pairs.findIndex((p) => p.strategy === strategy && p.measure === "area");
        return differenceOf(byCost[cost].more.pairs[at].bySeed);
      };
      return { steps: of("steps"), tokens: of("tokens") };
    }),
  );
  const rows = secondRows(second?.runs ?? [], new Map());
  const torch = rows
    .filter(({ strategy }) => strategy === RANDOM_ORDER)
    .map(({ pool, budget }) => {
      const runs = second!.runs.filter((run) => run.pool === pool && stepsOf(run) === budget).map(runOf);
      return multiple("PyTorch", pool, budget, runs, (strategy) => {
        const row = rows.find((r) => r.pool === pool && r.budget === budget && r.strategy === strategy)!;
        return { steps: differenceOf(row.steps), tokens: differenceOf(row.tokens) };
      });
    });
  return { about: ABOUT, races: [...labs, ...torch] };
}
