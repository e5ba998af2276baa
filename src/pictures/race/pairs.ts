// Which runs race: the one on the page, the one beside it, and their other recorded seeds.
import { strategyOf } from "../../log/config";
import type { RunView } from "../../log/view";
import type { Pair } from "./race";

/** A further seed of one of the two. */
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
}

/** The first pair is the one on the page; further pairs join where both seeds were recorded. */
export function fieldOf(
  view: RunView,
  besideStrategy: string,
  beside: RunView | null,
  seeds: readonly SeedRun[],
): Field {
  const own = strategyOf(view);
  const other = besideStrategy || (beside ? strategyOf(beside) : "");
  const step = view.evaluations.at(-1)?.step ?? 0;
  const upTo = (run: RunView) => run.evaluations.filter((evaluation) => evaluation.step <= step);
  const pairs: Pair[] = [{ seed: view.seed, own: view.evaluations, other: beside?.evaluations ?? [] }];
  const ownRuns = seeds.filter((run) => run.strategy === own).map((run) => run.view);
  const otherRuns = seeds.filter((run) => run.strategy === other && other !== own).map((run) => run.view);
  if (beside)
    for (const run of ownRuns) {
      const partner = otherRuns.find((candidate) => candidate.seed === run.seed);
      if (partner) pairs.push({ seed: run.seed, own: upTo(run), other: partner.evaluations });
    }
  return { own, other, pairs, ownRuns, otherRuns: beside ? otherRuns : [] };
}
