// Records of made-up logs for tests of races, with costs that are known by hand.
import type { RunEvent } from "../../lib/events";

const at = { atMs: 0 };

export const sampleRow = (id: string) => ({ sampleId: id, prompt: id, answer: id, tokens: 5 });

/** A test after `step`; one "1" a right answer, one "0" a wrong one. */
export const tested = (step: number, items: string): RunEvent => ({
  ...at,
  type: "evaluated",
  round: 1,
  step,
  metric: "accuracy",
  items,
  value: [...items].filter((c) => c === "1").length / items.length,
  n: items.length,
  interval: [0, 1],
  tokens: 3,
  elapsedMs: 1,
});

/** So many of ten questions right. */
export const ofTen = (right: number): string => "1".repeat(right) + "0".repeat(10 - right);

export const trained = (step: number, samples: number[], tokens: number): RunEvent => ({
  ...at,
  type: "step.finished",
  round: 1,
  step,
  samples,
  loss: 1,
  tokens,
  lr: 1,
  gradNorm: 1,
  skipped: false,
  elapsedMs: 1000,
});

/** The pool was scored for so many tokens. */
export const scored = (tokens: number, values: number[] = [0]): RunEvent => ({
  ...at,
  type: "pool.scored",
  round: 1,
  step: 0,
  signal: "entropy",
  unit: "nats",
  estimator: "e",
  prefixTokens: 8,
  values,
  tokens,
  elapsedMs: 1,
});

/** A run of nothing yet: the records that every log begins with. */
export const begun = (samples: readonly string[], testSize: number): RunEvent[] => [
  {
    ...at,
    type: "run.started",
    runId: "r",
    name: "r",
    seed: 1,
    config: {},
    environment: {},
    planned: { rounds: 1, steps: 0, scoredPerRound: 0 },
  },
  { ...at, type: "pool.loaded", name: "p", train: samples.map(sampleRow), testSize },
];
