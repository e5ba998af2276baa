// Which runs are compared: the one on the page, its baseline, and their other recorded seeds.
import { strategyOf } from "../../log/config";
import type { EvaluationView, RunView } from "../../log/view";
import type { Pair } from "./race";

/** A further seed of one of the two, or a run of another order under the same budget. */
export interface SeedRun {
  strategy: string;
  seed: number;
  view: RunView;
}

export interface Field {
  own: string;
  other: string;
  pairs: Pair[];
  ownRuns: RunView[];
  otherRuns: RunView[];
  /** Orders beside the two, each paired with the baseline's runs as far as both were recorded; by label. */
  beside: Beside[];
}

export interface Beside {
  strategy: string;
  pairs: Pair[];
}

/** @param against runs of the baseline, one a seed */
function besides(
  seeds: readonly SeedRun[],
  two: readonly string[],
  against: readonly RunView[],
  tests: (run: RunView) => EvaluationView[],
): Beside[] {
  const names = [...new Set(seeds.map(({ strategy }) => strategy))].filter((name) => !two.includes(name));
  return names.sort().map((strategy) => ({
    strategy,
    pairs: seeds
      .filter((run) => run.strategy === strategy)
      .sort((a, b) => a.seed - b.seed)
      .map(({ view }) => pairOf(view, against.find(({ seed }) => seed === view.seed) ?? null, tests(view))),
  }));
}

/**
 * Why the seconds of two runs cannot be compared; null where they can. `environment.otherWork` is in the logs of
 * runs whose machine did other work meanwhile.
 */
export function unevenSeconds(a: RunView, b: RunView): string | null {
  if ((["browser", "adapter"] as const).some((key) => a.environment[key] !== b.environment[key]))
    return "The two were not run on the same device or browser: their seconds do not compare.";
  if (a.environment.otherWork || b.environment.otherWork)
    return "The machine did other work while these runs were recorded: their seconds do not compare.";
  return null;
}

function pairOf(own: RunView, other: RunView | null, tests = own.evaluations): Pair {
  const pair: Pair = { seed: own.seed, own: tests, other: other?.evaluations ?? [] };
  const uneven = other && unevenSeconds(own, other);
  return uneven ? { ...pair, unevenSeconds: uneven } : pair;
}

/** The first pair is the one on the page; further pairs join where both seeds were recorded. */
export function fieldOf(
  view: RunView,
  baselineStrategy: string,
  baseline: RunView | null,
  seeds: readonly SeedRun[],
): Field {
  const own = strategyOf(view);
  const other = baselineStrategy || (baseline ? strategyOf(baseline) : "");
  const step = view.evaluations.at(-1)?.step ?? 0;
  const upTo = (run: RunView) => run.evaluations.filter((evaluation) => evaluation.step <= step);
  const pairs = [pairOf(view, baseline)];
  const ownRuns = seeds.filter((run) => run.strategy === own).map((run) => run.view);
  const otherRuns = seeds.filter((run) => run.strategy === other && other !== own).map((run) => run.view);
  if (baseline)
    for (const run of ownRuns) {
      const partner = otherRuns.find((candidate) => candidate.seed === run.seed);
      if (partner) pairs.push(pairOf(run, partner, upTo(run)));
    }
  const beside = besides(seeds, [own, other], baseline ? [baseline, ...otherRuns] : [], upTo);
  return { own, other, pairs, ownRuns, otherRuns: baseline ? otherRuns : [], beside };
}
