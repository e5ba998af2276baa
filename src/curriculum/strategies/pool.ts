// The strategies that pick from the whole pool once a round: which signal each needs and the rule it applies.
import type { CurriculumConfig } from "../../config/schema";
import { Random, type RandomState } from "../random";
import { selectRandom, selectSweep, selectTop, type Selection } from "../select";

export type Signal = "entropy" | "loss" | "perplexity" | "none";
export type PoolStrategyName =
  "edco" | "random" | "loss" | "perplexity" | "length" | "answer-length" | "easy-to-hard" | "hard-to-easy";

/** What is known of a sample without the model. */
export interface SampleFacts {
  promptTokens: number;
  answerTokens: number;
  difficulty: number | null;
}

interface PoolStrategy {
  /** What must be measured on the pool before picking. */
  signal: Signal;
  rule: "top" | "random" | "sweep";
  /** Sort key of a sweep where it needs no model, low first. */
  key?: (facts: SampleFacts) => number | null;
}

export const POOL_STRATEGY: Record<PoolStrategyName, PoolStrategy> = {
  edco: { signal: "entropy", rule: "top" },
  loss: { signal: "loss", rule: "top" },
  random: { signal: "none", rule: "random" },
  perplexity: { signal: "perplexity", rule: "sweep" },
  length: { signal: "none", rule: "sweep", key: (facts) => facts.promptTokens },
  "answer-length": { signal: "none", rule: "sweep", key: (facts) => facts.answerTokens },
  "easy-to-hard": { signal: "none", rule: "sweep", key: (facts) => facts.difficulty },
  "hard-to-easy": {
    signal: "none",
    rule: "sweep",
    key: (facts) => (facts.difficulty === null ? null : -facts.difficulty),
  },
};

/** Everything about the curriculum that a continuation needs; plain data. */
export interface CurriculumState {
  /** Picks of every finished selection. */
  history: number[][];
  /** Scores of the latest scoring. */
  scores: (number | null)[] | null;
  /** Waiting samples of the random order. */
  randomQueue: number[];
  /** Waiting samples of this round. */
  batchQueue: number[];
  select: RandomState;
  batch: RandomState;
}

export function newCurriculum(seed: number): CurriculumState {
  return {
    history: [],
    scores: null,
    randomQueue: [],
    batchQueue: [],
    select: new Random(seed, "select").state,
    batch: new Random(seed, "batch").state,
  };
}

export function isPoolStrategy(name: string): name is PoolStrategyName {
  return Object.hasOwn(POOL_STRATEGY, name);
}

/** Whether the pool must be scored before the picks of this round (1 = first). */
export function needsScores(config: CurriculumConfig, round: number): boolean {
  if (!isPoolStrategy(config.strategy) || POOL_STRATEGY[config.strategy].signal === "none") return false;
  return round === 1 || config.refresh === "round";
}

/** N of a round: as set, or the pool divided by the rounds. */
export function picksPerRound(config: CurriculumConfig, poolSize: number): number {
  return Math.min(poolSize, config.perRound ?? Math.ceil(poolSize / config.rounds));
}

/**
 * The picks of a round.
 *
 * @param scores of this round, or of the first with `refresh: once`; null where the strategy needs none
 * @returns the selection and the state after it (the one given is unchanged)
 */
export function selectRound(
  config: CurriculumConfig,
  round: number,
  facts: readonly SampleFacts[],
  scores: readonly (number | null)[] | null,
  state: CurriculumState,
): { selection: Selection; state: CurriculumState } {
  if (!isPoolStrategy(config.strategy)) throw new Error(`${config.strategy} does not pick by rounds`);
  const strategy = POOL_STRATEGY[config.strategy];
  const random = Random.restore(state.select);
  const count = picksPerRound(config, facts.length);
  const history = { picks: state.history, scores: state.scores };
  let randomQueue = state.randomQueue;
  let selection: Selection;
  if (strategy.rule === "random") {
    ({ selection, queue: randomQueue } = selectRandom(facts.length, count, randomQueue, history, random));
  } else if (strategy.rule === "top") {
    selection = selectTop(scores ?? [], count, config, history, random);
  } else {
    const keys = strategy.key ? facts.map(strategy.key) : (scores ?? []);
    selection = selectSweep(keys, count, round, config.rounds, history, random);
  }
  const picked = selection.picks.map((pick) => pick.sample);
  return {
    selection,
    state: {
      ...state,
      history: [...state.history, picked],
      scores: scores ? [...scores] : state.scores,
      randomQueue,
      batchQueue: [],
      select: random.state,
    },
  };
}
