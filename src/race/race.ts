// race.json: every run's tests, and each order against random order, paired by seed. All arithmetic of differences is
// src/curriculum/paired.ts. Pure.
import type { RaceCost } from "../config/race";
import { costToReach, holm, meanOverCost, pairedT, type Range } from "../curriculum/paired";
import { decimal } from "../curriculum/paired";
import { plural } from "../lib/format";
import { costOfTest, type RaceRun, type RunExtras } from "./runs";

export interface RacePair {
  strategy: string;
  against: string;
  /**
   * end: share right at the budget; area: mean share right while it was spent; timeTo:SHARE: cost of the first test with
   * that share right, the whole budget where none had it.
   */
  measure: string;
  /** Mean over seeds of strategy − against: a share, or for timeTo a cost. null = nothing to compare. */
  difference: number | null;
  /** 95 %, Student's t over seeds; null with fewer than two. */
  interval: Range | null;
  seeds: number;
}

/** What stands beside a pair, in the same order. */
export interface PairExtras {
  strategy: string;
  measure: string;
  bySeed: number[];
  p: number | null;
  /** p adjusted for the number of comparisons in this file. */
  pHolm: number | null;
  /** timeTo: runs that got there. */
  reached?: { strategy: number; against: number };
}

export interface RaceFile {
  cost: RaceCost;
  budget: number;
  pool: { name: string; hash: string };
  test: { n: number; hash: string };
  runs: RaceRun[];
  pairs: RacePair[];
  /** Beyond the fixed shape. */
  more: {
    multiplicity: string;
    pairs: PairExtras[];
    runs: RunExtras[];
    /** Runs that are not there yet, or failed. */
    missing: { strategy: string; seed: number }[];
  };
}

export interface RaceInput {
  cost: RaceCost;
  budget: number;
  threshold: number;
  against: string;
  pool: RaceFile["pool"];
  test: RaceFile["test"];
  runs: RaceRun[];
  extras: RunExtras[];
  missing: RaceFile["more"]["missing"];
}

interface Measure {
  name: string;
  /** Value of a run; null = it has none. */
  of: (run: RaceRun) => number | null;
  reached?: (run: RaceRun) => boolean;
}

function measuresOf({ cost, budget, threshold }: RaceInput): Measure[] {
  const curve = ({ evaluations }: RaceRun) =>
    evaluations.map((test) => ({ cost: costOfTest(test, cost), value: test.value }));
  const reach = (run: RaceRun) => costToReach(curve(run), threshold);
  return [
    { name: "end", of: ({ evaluations }) => evaluations.at(-1)?.value ?? null },
    {
      name: "area",
      of: (run) => (run.evaluations.length > 0 ? meanOverCost(curve(run), budget) : null),
    },
    {
      name: `timeTo:${threshold}`,
      of: (run) => Math.min(reach(run) ?? budget, budget),
      reached: (run) => reach(run) !== null,
    },
  ];
}

/** Each order against random order by each measure, over the seeds that both have run. */
function comparePairs(input: RaceInput): (RacePair & PairExtras)[] {
  const { runs, against } = input;
  const others = [...new Set(runs.map(({ strategy }) => strategy))].filter((name) => name !== against);
  const base = runs.filter((run) => run.strategy === against);
  const pairs = others.flatMap((strategy) => {
    const matched = runs
      .filter((run) => run.strategy === strategy)
      .flatMap((own) => {
        const other = base.find(({ seed }) => seed === own.seed);
        return other ? [{ own, other }] : [];
      });
    return measuresOf(input).map(({ name, of, reached }) => {
      const count = (side: "own" | "other") => matched.filter((pair) => reached?.(pair[side])).length;
      const nobody = reached && count("own") + count("other") === 0;
      const bySeed = nobody
        ? []
        : matched.flatMap(({ own, other }) => {
            const [a, b] = [of(own), of(other)];
            return a === null || b === null ? [] : [a - b];
          });
      const t = pairedT(bySeed);
      return {
        strategy,
        against,
        measure: name,
        difference: t?.mean ?? null,
        interval: t?.interval ?? null,
        seeds: bySeed.length,
        bySeed,
        p: t?.p ?? null,
        pHolm: null as number | null,
        ...(reached ? { reached: { strategy: count("own"), against: count("other") } } : {}),
      };
    });
  });
  // Where all seeds differ by the same, there is no p, and yet a comparison was made: it counts among the others.
  const counted = holm(pairs.map(({ p, interval }) => p ?? (interval ? 1 : null)));
  for (const [i, pair] of pairs.entries()) pair.pHolm = pair.p === null ? null : counted[i];
  return pairs;
}

export function raceFile(input: RaceInput): RaceFile {
  const { cost, budget, pool, test, runs, extras, missing } = input;
  const pairs = comparePairs(input);
  return {
    cost,
    budget,
    pool,
    test,
    runs,
    pairs: pairs.map(({ strategy, against, measure, difference, interval, seeds }) => ({
      strategy,
      against,
      measure,
      difference,
      interval,
      seeds,
    })),
    more: {
      multiplicity: multiplicity(pairs),
      pairs: pairs.map(({ strategy, measure, bySeed, p, pHolm, reached }) => ({
        strategy,
        measure,
        bySeed,
        p,
        pHolm,
        ...(reached ? { reached } : {}),
      })),
      runs: extras,
      missing,
    },
  };
}

/** How many comparisons there are, and what that means for the intervals. */
export function multiplicity(pairs: readonly { interval: Range | null; pHolm: number | null }[]): string {
  const tested = pairs.filter(({ interval }) => interval !== null);
  if (tested.length === 0) return "No comparison has two seeds or more: nothing is tested.";
  const found = tested.filter(({ pHolm }) => (pHolm ?? 1) < 0.05).length;
  const chance = decimal(0.05 * tested.length, 2);
  return (
    `${plural(tested.length, "comparison")} against random order, each interval 95 % by itself: ` +
    `${chance} of them would leave 0 out by chance alone. After Holm’s correction ${found} ${found === 1 ? "has" : "have"} p < 0.05.`
  );
}
