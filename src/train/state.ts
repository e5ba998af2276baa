// The state of a run as plain data, so that a checkpoint can hold it and a resumed run continues exactly.
import type { ResolvedConfig } from "../config/schema";
import { fromEarlier, type EarlierState } from "../curriculum/earlier";
import { Random, type RandomState } from "../curriculum/random";
import { newRecord, type RolloutRecord } from "../curriculum/record";
import { newCurriculum, type CurriculumState } from "../curriculum/rounds";
import type { Phase, Pick, TokenCost } from "../lib/events";

/**
 * What comes next:
 * - begin: log the run and its pool
 * - warm: the next supervised step of a warm start
 * - first: the model is evaluated before training
 * - announce: a checkpoint was just written and is still to be logged
 * - round: score and pick
 * - train: the next step of the round
 * - evaluate: between steps, where the config asks for it
 * - finish: evaluate and close the round
 * - done
 */
export type Stage =
  "begin" | "warm" | "first" | "announce" | "round" | "train" | "evaluate" | "finish" | "done";

export interface RunState {
  stage: Stage;
  /** 1 = first; 0 before. */
  round: number;
  /** Optimiser steps finished, warm-up ones not counted. */
  step: number;
  /** `step` at which this round began. */
  roundStart: number;
  /** Steps of the supervised warm start finished. */
  warmStep: number;
  /** Tokens those trained; absent in checkpoints of earlier versions. */
  warmTokens?: number;
  /** Whether the engine keeps the adapter that the first rollout came from; else that was the base. */
  keptReference: boolean;
  picks: Pick[];
  curriculum: CurriculumState;
  /** What rollouts have shown so far (curriculum/record.ts). */
  record: RolloutRecord;
  /** Draws candidates and exploration of the prompt strategies. */
  prompts: RandomState;
  warm: RandomState;
  tokens: TokenCost;
  secondsMs: Record<Phase, number>;
  /** ms of the run so far, pauses left out. */
  atMs: number;
  /** Steps in a row whose loss or gradient was not finite. */
  notFinite: number;
  /** Step of the last evaluation, −1 for none. */
  evaluatedAt: number;
  eventCount: number;
}

export function newRunState(config: ResolvedConfig): RunState {
  return {
    stage: "begin",
    round: 0,
    step: 0,
    roundStart: 0,
    warmStep: 0,
    keptReference: false,
    picks: [],
    curriculum: newCurriculum(config),
    record: newRecord(),
    prompts: new Random(config.seed, "prompts").state,
    warm: new Random(config.seed, "warm start").state,
    tokens: { score: 0, judge: 0, rollout: 0, train: 0, evaluate: 0 },
    secondsMs: { load: 0, score: 0, judge: 0, rollout: 0, train: 0, evaluate: 0, save: 0 },
    atMs: 0,
    notFinite: 0,
    evaluatedAt: -1,
    eventCount: 0,
  };
}

/** A checkpoint's state, of this version of the lab or an earlier one. */
export function storedState(
  stored: RunState | (Omit<RunState, "curriculum" | "record"> & EarlierState),
): RunState {
  if ("record" in stored) return stored;
  return { ...stored, ...fromEarlier(stored) };
}

/** Tokens that count against a budget: all but the evaluation's and the warm start's, which all orders share. */
export function budgetTokens({ tokens, warmTokens = 0 }: RunState): number {
  return tokens.score + tokens.judge + tokens.rollout + tokens.train - warmTokens;
}

/** ms that count against a budget of seconds: all phases but loading, evaluating and saving. */
export function budgetMs({ score, judge, rollout, train }: Record<Phase, number>): number {
  return score + judge + rollout + train;
}

/** What of the budget is used up by its most used part: 0 to 1 and beyond. */
function usedShare(
  state: RunState,
  { steps, tokens, trainTokens, seconds }: ResolvedConfig["budget"],
): number {
  return Math.max(
    steps === null ? 0 : state.step / steps,
    tokens === null ? 0 : budgetTokens(state) / tokens,
    trainTokens === null ? 0 : (state.tokens.train - (state.warmTokens ?? 0)) / trainTokens,
    seconds === null ? 0 : budgetMs(state.secondsMs) / (seconds * 1000),
  );
}

/** Share of the budget used, 0 to 1. */
export const progressOf = (state: RunState, { budget }: ResolvedConfig): number =>
  Math.min(1, usedShare(state, budget));

/** Whether the round has its steps, or else the budget's share of the rounds up to it is used up. */
export function roundIsFull(state: RunState, config: ResolvedConfig): boolean {
  const { budget, curriculum } = config;
  const stepsIn = state.step - state.roundStart;
  if (stepsIn === 0) return false; // every round trains at least once
  if (budgetSpent(state, config)) return true;
  if (budget.stepsPerRound !== null) return stepsIn >= budget.stepsPerRound;
  const share = state.round / curriculum.rounds;
  if (budget.steps !== null && state.step >= Math.round(budget.steps * share)) return true;
  return usedShare(state, { ...budget, steps: null }) >= share;
}

/** Steps of this round where they are known beforehand, else null. */
export function stepsOfRound(state: RunState, config: ResolvedConfig): number | null {
  const { budget, curriculum } = config;
  if (budget.stepsPerRound !== null) return budget.stepsPerRound;
  if (budget.steps === null) return null;
  return Math.round((budget.steps * state.round) / curriculum.rounds) - state.roundStart;
}

/** Whether nothing of the budget is left, so that no further round begins. */
export function budgetSpent(state: RunState, { budget }: ResolvedConfig): boolean {
  return usedShare(state, budget) >= 1;
}

/** Whether no round follows this one. Rounds of a fixed length follow as long as there is budget. */
export function lastRound(state: RunState, config: ResolvedConfig): boolean {
  const { budget, curriculum } = config;
  return budgetSpent(state, config) || (budget.stepsPerRound === null && state.round >= curriculum.rounds);
}
