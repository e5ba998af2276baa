// A second implementation beside the lab: the same orders, pools and seeds in PyTorch (scripts/scout/race.py), and whether what
// came out agrees. Pure.
import { RANDOM_ORDER, strategyLabel } from "../curriculum/registry";
import { decimal, meanOverCost, pairedT, range, signed } from "../curriculum/paired";
import { mean, sampleVariance } from "../curriculum/stats";
import { count, list, percent } from "../lib/format";
import { markdownTable } from "../lib/markdown";
import type { AdversaryRun } from "./adversaries";
import type { RaceFile } from "./race";
import { cutAtTokens, type RaceRun } from "./runs";

/** One run: its tests as [steps, all tokens, trained tokens, share right]. */
export interface SecondRun {
  pool: string;
  strategy: string;
  seed: number;
  torch: string;
  curve: [steps: number, tokens: number, trainTokens: number, value: number][];
}

export interface Second {
  about: string;
  runs: SecondRun[];
  /** Runs against adversaries, apart from the races. */
  adversaries?: AdversaryRun[];
}

export const ABOUT_SECOND =
  "Curves of runs in PyTorch: [steps, all tokens, trained tokens, share of right test answers]; made by scripts/scout/race.py";

type Cost = "steps" | "tokens";

interface Area {
  strategy: string;
  seed: number;
  area: number;
}

export const runOf = ({ strategy, seed, curve }: SecondRun): RaceRun => ({
  strategy,
  seed,
  evaluations: curve.map(([step, tokens, trainTokens, value]) => ({
    step,
    tokens,
    trainTokens,
    seconds: 0,
    value,
  })),
});

function areas(runs: readonly RaceRun[], cost: Cost, budget: number): Area[] {
  return runs.map((run) => {
    const { evaluations } = cost === "tokens" ? cutAtTokens(run, budget) : run;
    const curve = evaluations.map((test) => ({
      cost: cost === "steps" ? test.step : test.tokens,
      value: test.value,
    }));
    return { strategy: run.strategy, seed: run.seed, area: meanOverCost(curve, budget) };
  });
}

/** Order minus random order by seed. */
function differences(all: readonly Area[], strategy: string): number[] {
  return all
    .filter((own) => own.strategy === strategy)
    .flatMap((own) => {
      const other = all.find(({ strategy: s, seed }) => s === RANDOM_ORDER && seed === own.seed);
      return other ? [own.area - other.area] : [];
    });
}

const squaredError = (values: readonly number[]): number => sampleVariance(values) / values.length;

export interface SecondRow {
  pool: string;
  /** Steps of each run: the budget. */
  budget: number;
  strategy: string;
  seeds: number;
  /** Mean area at equal steps: share of right answers while the steps were spent. */
  area: number;
  /** Areas of PyTorch's runs minus random order's, by seed. */
  steps: number[];
  tokens: number[];
  /** Mean area at equal steps of the lab's runs less PyTorch's, in standard errors of that; null = not raced in the lab. */
  apart: number | null;
}

/** Steps at the end of a run. */
export const stepsOf = ({ curve }: SecondRun): number => curve.at(-1)![0];

/** @param labs the lab's race in steps, by pool */
export function secondRows(all: readonly SecondRun[], labs: ReadonlyMap<string, RaceFile>): SecondRow[] {
  const races = new Map<string, SecondRun[]>();
  for (const run of all) {
    const race = `${run.pool} ${stepsOf(run)}`;
    races.set(race, [...(races.get(race) ?? []), run]);
  }
  return [...races.values()].flatMap((race) => {
    const { pool } = race[0];
    const budget = stepsOf(race[0]);
    const own = race.map(runOf);
    const random = own.filter(({ strategy }) => strategy === RANDOM_ORDER);
    if (random.length === 0) return [];
    const steps = areas(own, "steps", budget);
    const tokens = areas(own, "tokens", mean(random.map(({ evaluations }) => evaluations.at(-1)!.tokens)));
    const lab = labs.get(pool);
    const theirs = lab?.budget === budget ? areas(lab.runs, "steps", budget) : [];
    return [...new Set(own.map(({ strategy }) => strategy))].map((strategy) => {
      const of = (areas: readonly Area[]) =>
        areas.filter((area) => area.strategy === strategy).map(({ area }) => area);
      return {
        pool,
        budget,
        strategy,
        seeds: of(steps).length,
        area: mean(of(steps)),
        steps: differences(steps, strategy),
        tokens: differences(tokens, strategy),
        apart: apartBy(of(theirs), of(steps)),
      };
    });
  });
}

function apartBy(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2 || b.length < 2) return null;
  const error = Math.sqrt(squaredError(a) + squaredError(b));
  return error === 0 ? null : (mean(a) - mean(b)) / error;
}

/** Mean of differences of shares, in points, with its interval. */
export function shareInterval(values: readonly number[]): string {
  const t = pairedT(values.map((x) => 100 * x));
  return t === null ? "–" : signed(t.mean) + (t.interval ? ` ${range(t.interval)}` : "");
}

/** Part of docs/results/arena.md. */
export function secondText({ runs }: Second, labs: ReadonlyMap<string, RaceFile>): string {
  const rows = secondRows(runs, labs);
  const told = rows.filter(({ apart }) => apart !== null);
  const far = told.filter(({ apart }) => Math.abs(apart!) > 2);
  const name = ({ pool, strategy }: SecondRow) => `${strategyLabel(strategy)} on _${pool}_`;
  return [
    "## The same in PyTorch",
    "`scripts/scout/race.py` shares no code with the lab: LoRA on the same model in PyTorch, scout's rule written again in Python. It draws the very rows that the lab draws wherever its losses are the lab's (`scripts/scout/replay.py`, tested); its adapters begin from other random numbers, so single runs differ and means are compared. _Apart_: mean area at equal steps in the lab less that in PyTorch, in standard errors of that difference.",
    told.length === 0
      ? "Nothing was raced in both."
      : `${count(told.length - far.length)} of ${count(told.length)} means that both know lie within two standard errors` +
        (far.length > 0 ? `; apart lie ${list(far.map(name))}.` : "."),
    markdownTable(
      [
        "pool",
        "order",
        "steps",
        "seeds",
        "mean area",
        "− random order, equal steps, points [95 %]",
        "equal tokens, points [95 %]",
        "apart",
      ],
      rows.map((row) => [
        row.pool,
        strategyLabel(row.strategy),
        String(row.budget),
        String(row.seeds),
        percent(row.area, 1),
        row.strategy === RANDOM_ORDER ? "–" : shareInterval(row.steps),
        row.strategy === RANDOM_ORDER ? "–" : shareInterval(row.tokens),
        row.apart === null ? "–" : decimal(row.apart, 1).replace("-", "−"),
      ]),
    ),
  ].join("\n\n");
}
