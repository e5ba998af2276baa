// A tiny run log for tests: six samples, two rounds of two steps, made by hand so that every number can be checked
// by eye. Not a real run and not shown anywhere.
import type { LogSample, Pick, RunEvent } from "../../lib/events";

export const samples: LogSample[] = ["a", "b", "c", "d", "e", "f"].map((name, i) => ({
  sampleId: `s-${name}`,
  prompt: `Question ${name}?`,
  answer: `so ${i}`,
  tokens: 10 + i,
  difficulty: 6 - i,
  tags: [i < 3 ? "early" : "late"],
}));

export function pick(sample: number, rank: number, score: number | null, more: Partial<Pick> = {}): Pick {
  return {
    sample,
    rank,
    score,
    pickedBefore: [],
    previousScore: null,
    reason: score === null ? "random" : "top-score",
    ...more,
  };
}

const evaluated = (round: number, step: number, items: string, atMs: number): RunEvent => {
  const right = [...items].filter((c) => c === "1").length;
  return {
    type: "evaluated",
    round,
    step,
    metric: "accuracy",
    items,
    value: right / items.length,
    n: items.length,
    interval: [0, 1],
    tokens: 40,
    elapsedMs: 100,
    atMs,
  };
};

const trained = (round: number, step: number, loss: number, atMs: number): RunEvent => ({
  type: "step.finished",
  round,
  step,
  samples: [0, 1],
  loss,
  tokens: 50,
  lr: 0.002,
  gradNorm: 1,
  skipped: false,
  elapsedMs: 500,
  atMs,
});

const scored = (round: number, step: number, values: (number | null)[], atMs: number): RunEvent => ({
  type: "pool.scored",
  round,
  step,
  signal: "entropy",
  unit: "nats",
  estimator: "prefix",
  prefixTokens: 8,
  values,
  tokens: 300,
  elapsedMs: 1000,
  atMs,
});

/** The log; `strategy` "random" leaves out scores. */
export function tinyLog(strategy: "edco" | "random" = "edco"): RunEvent[] {
  const edco = strategy === "edco";
  const phase = (
    name: "load" | "score" | "train" | "evaluate",
    round: number,
    step: number,
    atMs: number,
  ): RunEvent => ({
    type: "phase.started",
    phase: name,
    round,
    step,
    atMs,
  });
  const choose = (
    round: number,
    picks: Pick[],
    rest: Partial<Extract<RunEvent, { type: "round.selected" }>>,
    atMs: number,
  ): RunEvent => ({
    type: "round.selected",
    round,
    picks,
    threshold: null,
    missed: [],
    new: 2,
    overlap: 0,
    meanScore: null,
    scored: edco ? 5 : 0,
    ...rest,
    atMs,
  });
  const log: RunEvent[] = [
    {
      type: "run.started",
      runId: `tiny-${strategy}`,
      name: "tiny",
      seed: 1,
      config: { curriculum: { strategy } },
      environment: { browser: "test", adapter: "none" },
      planned: { rounds: 2, steps: 4, scoredPerRound: edco ? 6 : 0 },
      atMs: 0,
    },
    phase("load", 0, 0, 0),
    { type: "pool.loaded", name: "tiny", train: samples, testSize: 4, atMs: 100 },
    phase("evaluate", 0, 0, 200),
    evaluated(0, 0, "1000", 400),
  ];
  if (edco) log.push(phase("score", 1, 0, 400), scored(1, 0, [0.2, 2, 1, 0.5, null, 0.1], 1400));
  log.push(
    edco
      ? choose(
          1,
          [pick(1, 1, 2), pick(2, 2, 1)],
          { threshold: 1, missed: [{ sample: 3, score: 0.5 }], meanScore: 0.76 },
          1400,
        )
      : choose(1, [pick(5, 1, null), pick(0, 2, null)], {}, 1400),
    phase("train", 1, 0, 1400),
    trained(1, 1, 2, 1900),
    trained(1, 2, 1.5, 2400),
    phase("evaluate", 1, 2, 2400),
    evaluated(1, 2, edco ? "1110" : "1100", 2600),
  );
  if (edco) log.push(phase("score", 2, 2, 2600), scored(2, 2, [0.9, 0.3, 1.1, 0.4, 0.2, 0.1], 3600));
  log.push(
    edco
      ? choose(
          2,
          [pick(2, 1, 1.1, { pickedBefore: [1], previousScore: 1 }), pick(0, 2, 0.9, { previousScore: 0.2 })],
          {
            threshold: 0.9,
            missed: [{ sample: 3, score: 0.4 }],
            new: 1,
            overlap: 1,
            meanScore: 0.5,
            scored: 6,
          },
          3600,
        )
      : choose(2, [pick(3, 1, null), pick(5, 2, null, { pickedBefore: [1] })], { new: 1, overlap: 1 }, 3600),
    phase("train", 2, 2, 3600),
    trained(2, 3, 1.4, 4100),
    trained(2, 4, 1, 4600),
    phase("evaluate", 2, 4, 4600),
    evaluated(2, 4, "1111", 4800),
    {
      type: "run.finished",
      status: "done",
      tokens: { score: edco ? 600 : 0, judge: 0, rollout: 0, train: 200, evaluate: 120 },
      secondsMs: {
        load: 200,
        score: edco ? 2000 : 0,
        judge: 0,
        rollout: 0,
        train: 2000,
        evaluate: 600,
        save: 0,
      },
      atMs: 4800,
    },
  );
  return log;
}
