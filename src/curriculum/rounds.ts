// The picks of a round: asks the strategy for its choice and updates the history that every run keeps of its picks.
import type { CurriculumConfig, ResolvedConfig } from "../config/schema";
import { Random, type RandomState } from "./random";
import { signalOf, strategyNamed } from "./registry";
import { picksPerRound, type Selection } from "./select";
import type { RoundStrategy, SampleFacts } from "./strategy";

/** The curriculum's state, which a resumed run needs; plain data. */
export interface CurriculumState {
  /** Picks of every finished selection. */
  history: number[][];
  /** Scores of the latest scoring. */
  scores: (number | null)[] | null;
  /** Waiting samples of this round. */
  batchQueue: number[];
  select: RandomState;
  batch: RandomState;
  /** What the strategy itself remembers. */
  own: unknown;
}

export function newCurriculum({ seed, curriculum }: ResolvedConfig): CurriculumState {
  return {
    history: [],
    scores: null,
    batchQueue: [],
    select: new Random(seed, "select").state,
    batch: new Random(seed, "batch").state,
    own: strategyNamed(curriculum.strategy).begin?.(seed) ?? null,
  };
}

/** Whether the pool must be scored before the picks of this round (1 = first). */
export function needsScores(config: CurriculumConfig, round: number): boolean {
  if (signalOf(strategyNamed(config.strategy)) === null) return false;
  return round === 1 || config.refresh === "round";
}

/**
 * The picks of a round.
 *
 * @param scores of this round, or of the first with `refresh: once`; null where the strategy needs none
 * @returns the selection and the state after it (the one given is unchanged)
 */
export function selectRound(
  strategy: RoundStrategy,
  config: ResolvedConfig,
  round: number,
  facts: readonly SampleFacts[],
  scores: readonly (number | null)[] | null,
  state: CurriculumState,
): { selection: Selection; note?: string; state: CurriculumState } {
  const random = Random.restore(state.select);
  const {
    selection,
    note,
    state: own,
  } = strategy.pick({
    config,
    round,
    count: picksPerRound(config.curriculum, facts.length),
    facts,
    scores,
    history: { picks: state.history, scores: state.scores },
    random,
    state: state.own,
  });
  const picked = selection.picks.map((pick) => pick.sample);
  return {
    selection,
    note,
    state: {
      ...state,
      history: [...state.history, picked],
      scores: scores ? [...scores] : state.scores,
      batchQueue: [],
      select: random.state,
      own,
    },
  };
}
