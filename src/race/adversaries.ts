// What the rule of the house loses where everything is against it (scripts/scout/adversaries.py): rows given away against the
// bound that docs/scout.md derives, and what that did to the area. Pure.
import { RANDOM_ORDER } from "../curriculum/registry";
import { percent } from "../lib/format";
import { markdownTable } from "../lib/markdown";
import { secondRows, shareInterval, stepsOf, type SecondRun } from "./second";

export interface AdversaryRun extends SecondRun {
  /** Rows chosen, those of them that no measured gain paid for, steps, rows a batch; null = random order. */
  rows: [chosen: number, unpaid: number, steps: number, batch: number] | null;
}

/** Steps' worth of rows that may be chosen unpaid at once, and the share of all rows in the long run: scout's defaults. */
const GRANT_STEPS = 4;
const FLOOR = 0.05;

/** The most rows that may be chosen unpaid. */
export const boundOf = (steps: number, batch: number): number =>
  Math.floor(GRANT_STEPS * batch + FLOOR * steps * batch);

/** "needle, inverted" is raced against random order on "needle". */
const baseOf = (pool: string): string => pool.split(",")[0];

/** Part of docs/results/arena.md. */
export function adversariesText(runs: readonly AdversaryRun[]): string {
  const against = runs.filter(({ strategy }) => strategy === RANDOM_ORDER);
  const pools = [...new Set(runs.filter(({ rows }) => rows !== null).map(({ pool }) => pool))];
  let broken = 0;
  const table = pools.map((pool) => {
    const own = runs.filter((run) => run.pool === pool && run.rows !== null);
    const base = against.filter((run) => run.pool === baseOf(pool)).map((run) => ({ ...run, pool }));
    const compared = secondRows([...own, ...base], new Map()).find(
      ({ strategy }) => strategy !== RANDOM_ORDER,
    );
    const [, , steps, batch] = own[0].rows!;
    const most = (at: 0 | 1): number => Math.max(...own.map(({ rows }) => rows![at]));
    const bound = boundOf(steps, batch);
    if (most(1) > bound || most(0) > (steps * batch) / 2) broken++;
    return [
      pool,
      String(own.length),
      String(stepsOf(own[0])),
      percent(most(0) / (steps * batch)),
      `${most(1)} of ${bound}`,
      compared ? shareInterval(compared.steps) : "–",
    ];
  });
  return [
    "## Where everything is against it",
    "scout's rule in PyTorch (`scripts/scout/adversaries.py`) on _needle_ with its choice turned round, its neighbourhoods dealt at random, the pool as one of them or every row as one; and on a pool of nothing but noise, and one of nothing but known rows. _Unpaid_: most rows chosen in any run without a measured gain, of as many as the bound allows; each is a row that random order would have trained later.",
    broken === 0
      ? "The bound held in every run."
      : `The bound was broken in ${broken} of ${pools.length} cases.`,
    markdownTable(
      [
        "case",
        "seeds",
        "steps",
        "chosen at most",
        "unpaid at most",
        "area − random order, equal steps, points [95 %]",
      ],
      table,
    ),
  ].join("\n\n");
}
