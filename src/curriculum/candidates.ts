// Chooses a step's prompts among random candidates by their forecasts. All strategies that forecast share this
// code.
import type { ResolvedConfig } from "../config/schema";
import type { Random } from "./random";
import type { MemoryOrder, RolloutRecord } from "./record";
import { number, whole } from "./setting";

/** The settings' group in the config, for all strategies that choose among candidates. */
export const CANDIDATES_GROUP = "metis";
/** Settings of every strategy that chooses among candidates. */
export const CANDIDATES = {
  poolMultiplier: whole(3, 1, 64, {
    label: "Candidates",
    unit: "× samples a step",
    help: "Each step draws this many times as many candidates as it trains (m in the paper, which gives no value).",
  }),
  exploration: number(0, 0, 1, {
    label: "Random slice",
    unit: "of the batch",
    help: "This share of a step's prompts is drawn at random (ε), so that forecasts are also checked where they did not choose. Not in the paper.",
    step: 0.05,
  }),
};

/** Candidates drawn a step. */
export const candidateCount = ({ trainer, metis }: ResolvedConfig): number =>
  trainer.samplesPerBatch * metis.poolMultiplier;

/** Share of a step's prompts that is drawn at random. */
export const randomSlice = ({ metis }: ResolvedConfig): number => metis.exploration;

/** The value that takes the place of a missing forecast in the ranking. */
export function standIn({ metis }: ResolvedConfig, record: RolloutRecord): number {
  return { "running-mean": record.meanVariance, zero: 0, highest: 0.25 }[metis.fallback];
}

/** Which of a step's prompts are remembered, and how many. */
export const memorySettings = ({ metis }: ResolvedConfig): { size: number; order: MemoryOrder } => ({
  size: metis.memory,
  order: metis.memoryOrder,
});

export interface Chosen {
  /** Positions in the candidate list, best first. */
  selected: number[];
  /** Those of `selected` that came from the random slice. */
  exploration: number[];
  /** How many of `selected` were drawn at random among equals, because others with the same value were left out. */
  byLot: number;
}

/**
 * The `count` candidates with the highest forecasts, equal ones in random order, with a share of the batch
 * drawn at random from all candidates so that forecasts are also measured where they were low.
 */
export function chooseByForecast(
  forecasts: readonly (number | null)[],
  fallback: number,
  count: number,
  explorationShare: number,
  random: Random,
): Chosen {
  const draws = forecasts.map(() => random.next());
  const valueOf = (i: number) => forecasts[i] ?? fallback;
  const wanted = Math.min(count, forecasts.length);
  const exploration = random.sample(
    forecasts.map((_, i) => i),
    Math.round(explorationShare * wanted),
  );
  const drawn = new Set(exploration);
  const ranked = forecasts
    .map((_, i) => i)
    .filter((i) => !drawn.has(i))
    .sort((a, b) => valueOf(b) - valueOf(a) || draws[a]! - draws[b]!);
  const top = ranked.slice(0, wanted - exploration.length);
  const left = ranked.slice(top.length);
  const cut = top.length > 0 ? valueOf(top[top.length - 1]) : null;
  const tied = left.length > 0 && valueOf(left[0]) === cut;
  const byLot = tied ? top.filter((i) => valueOf(i) === cut).length : 0;
  return { selected: [...top, ...exploration], exploration, byLot };
}
