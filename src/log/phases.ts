// The table of a run's phases: word, colour, and whether a phase counts as cost of the run. Page, report and
// summary all read it, so that a token or a second is counted in the same way everywhere. Pure.
import type { Phase, RunEvent, TokenCost } from "../lib/events";

/** "compare": other estimators measured for the reader; the run itself would not need them. */
export type LogPhase = Phase | "compare";

interface PhaseFacts {
  word: string;
  /** Where phases stand side by side. */
  color: string;
  /** Class of its bars on the strip of the whole run. */
  tone: "quiet" | "score" | "roll" | "train" | "test";
  /** Whether it counts as cost: learning and choosing do; testing, loading and saving do not. */
  cost: boolean;
}

export const PHASES = {
  load: { word: "loading", color: "var(--line)", tone: "quiet", cost: false },
  score: { word: "scoring", color: "var(--e3)", tone: "score", cost: true },
  compare: { word: "comparing estimators", color: "var(--e1)", tone: "quiet", cost: false },
  judge: { word: "judging", color: "var(--e4)", tone: "score", cost: true },
  rollout: { word: "rollouts", color: "var(--e2)", tone: "roll", cost: true },
  train: { word: "training", color: "var(--pick)", tone: "train", cost: true },
  evaluate: { word: "testing", color: "var(--random)", tone: "test", cost: false },
  save: { word: "saving", color: "var(--edge)", tone: "quiet", cost: false },
} as const satisfies Record<LogPhase, PhaseFacts>;

/** Phases that count as cost; tokens and time are both told by them. */
export type CostPhase = {
  [P in LogPhase]: (typeof PHASES)[P]["cost"] extends true ? P : never;
}[LogPhase];

/** In the order in which they are listed. */
export const phases = Object.keys(PHASES) as readonly LogPhase[];
export const costPhases = phases.filter((phase): phase is CostPhase => PHASES[phase].cost);

/**
 * Whether the time of a phase counts as cost. A run of reinforcement begins with supervised steps, in round 0, that all
 * strategies share: they do not, and the log counts no tokens for them.
 */
export const countsAsCost = ({ phase, round }: { phase: LogPhase; round: number }): boolean =>
  PHASES[phase].cost && !(phase === "train" && round === 0);

/** Tokens or ms by phase → what of them counts as cost. */
export const costOf = (byPhase: Readonly<Record<CostPhase, number>>): number =>
  costPhases.reduce((sum, phase) => sum + byPhase[phase], 0);

/** The tokens that a record says were spent, and on what; null where it says of none. */
export function tokensOf(event: RunEvent): { phase: keyof TokenCost; tokens: number } | null {
  switch (event.type) {
    case "pool.scored":
      return { phase: "score", tokens: event.tokens };
    case "step.judged":
      return { phase: "judge", tokens: event.tokens };
    case "group.rolled":
      return { phase: "rollout", tokens: event.tokens };
    case "step.finished":
      return { phase: "train", tokens: event.tokens };
    case "evaluated":
    case "forecasts.probed":
      return { phase: "evaluate", tokens: event.tokens };
    default:
      return null;
  }
}
