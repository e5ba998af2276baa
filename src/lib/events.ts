// The types of the run log: what happened, in order, one record a line. The page draws from it, whether the run is
// live, stored or recorded. Two runs with the same seed, adapter and browser have the same records, except fields
// that end in `Ms`.

/** A sample of the pool as the log carries it. Its index in `pool.loaded` is its number everywhere else. */
export interface LogSample {
  sampleId: string;
  prompt: string;
  answer: string;
  /** Tokens of prompt + answer under the chat template. */
  tokens: number;
  difficulty?: number;
  tags?: string[];
}

/** Why a sample was picked; the page turns it into words. */
export interface Pick {
  /** Index into the pool. */
  sample: number;
  /** 1 = highest score of the round. */
  rank: number;
  /** null where the strategy does not score (random order). */
  score: number | null;
  /** Rounds in which it was picked before. */
  pickedBefore: number[];
  /** Score in the round before, if it was scored then. */
  previousScore: number | null;
  reason: "top-score" | "random" | "order" | "window" | "exploration" | "neighbourhood";
  /** The whole reason in words, where the strategy gave one for this very pick. */
  because?: string;
}

export type Phase = "load" | "score" | "judge" | "rollout" | "train" | "evaluate" | "save";

export interface TokenCost {
  score: number;
  judge: number;
  rollout: number;
  train: number;
  evaluate: number;
}

/** Time of a reinforcement step by purpose, ms. */
export interface StepParts {
  judge: number;
  rollout: number;
  train: number;
}

export interface Interval {
  value: number;
  n: number;
  /** 95 % (Wilson for shares). */
  interval: [number, number];
}

/** A probed prompt: the model's answer now, token by token. */
export interface ProbeAnswer {
  promptId: string;
  prompt: string;
  expected: string;
  text: string;
  tokens: string[];
  /** Nats, one a token. */
  entropy: number[];
  correct: boolean | null;
}

/** Rows in an order, and what they hash to. */
export interface RowsIdentity {
  name: string;
  rows: number;
  /** SHA-256 of prompt and answer of every row, in order; hex. */
  hash: string;
}

/** What a run was made of. Two runs may share a picture only where pool, test set and budget agree. */
export interface RunIdentity {
  train: RowsIdentity;
  test: RowsIdentity;
  /** SHA-256 of the model's files as read; hex. */
  weights: { name: string; hash: string };
  /** Version of the lab, with the commit where it is known. */
  code: string;
}

interface At {
  /** ms since the run started, pauses excluded. */
  atMs: number;
}

export type RunEvent = At &
  (
    | {
        type: "run.started";
        runId: string;
        name: string;
        seed: number;
        /** The resolved config (src/config/schema.ts), versions, browser, adapter. */
        config: unknown;
        environment: Record<string, string | number | boolean>;
        /** Absent in logs of versions that did not note it. */
        identity?: RunIdentity;
        planned: { rounds: number; steps: number; scoredPerRound: number };
      }
    | {
        type: "pool.loaded";
        name: string;
        train: LogSample[];
        testSize: number;
        /** Only on the page, where a reader left the rows out: what they hash to (src/store/digest.ts). */
        digest?: string;
      }
    | { type: "phase.started"; phase: Phase; round: number; step: number }
    | {
        type: "pool.scored";
        round: number;
        step: number;
        signal: "entropy" | "loss";
        unit: "nats" | "bits" | "none";
        estimator: string;
        prefixTokens: number | null;
        /** One a sample of the pool, null = not scored (unscored is not zero). */
        values: (number | null)[];
        tokens: number;
        elapsedMs: number;
      }
    | {
        /** Only when the config asks for it: other estimators on the same pool in the same run. */
        type: "estimators.compared";
        round: number;
        rows: { estimator: string; tokens: number; elapsedMs: number; spearmanWithFull: number; n: number }[];
      }
    | {
        type: "round.selected";
        round: number;
        picks: Pick[];
        /** Lowest score that was still picked; null without scores. */
        threshold: number | null;
        /** The best few that were not picked, highest first. */
        missed: { sample: number; score: number }[];
        /** Picked for the first time in the run. */
        new: number;
        /** Also picked in the round before. */
        overlap: number;
        meanScore: number | null;
        scored: number;
      }
    | {
        /** Groups of the pool that a strategy which chooses each batch tells apart; once, before the first step. */
        type: "pool.parted";
        /** One a group. */
        names: string[];
        /** Group of each sample of the pool. */
        parts: number[];
      }
    | {
        /** What a batch was made of and what its rows showed; its `step.finished` follows. */
        type: "batch.chosen";
        round: number;
        step: number;
        /** Rows in random order, then those that were chosen, each with its reason. */
        random: number[];
        chosen: { sample: number; why: string }[];
        /** Losses of the rows trained for the first time, before the step; nats a target token. */
        firstSights: { sample: number; lossNats: number }[];
        /** Groups whose next row is expected to teach at least as much as one drawn at random. */
        open: number[];
        /** Measured gain of choosing and its standard error, headroom a row; null = too little seen. */
        gain: { gain: number; error: number } | null;
        /** Whether that gain pays for chosen rows; null = the strategy chooses whatever it gains. */
        paid: boolean | null;
        /** Rows that may still be chosen unpaid; null = any number. */
        balance: number | null;
        /** Processor time of drawing the batch and of learning from its losses; absent in older logs. */
        choosingMs?: number;
      }
    | {
        type: "step.finished";
        round: number;
        step: number;
        samples: number[];
        loss: number;
        /** Trained rows, prompts included. */
        tokens: number;
        lr: number;
        gradNorm: number;
        /** True when loss or norm was not finite and nothing was changed. */
        skipped: boolean;
        elapsedMs: number;
        /** Reinforcement: time of the step by purpose. The rest measured what the step had changed. */
        partsMs?: StepParts;
      }
    | {
        /** One prompt's rollouts in a GRPO step. */
        type: "group.rolled";
        round: number;
        step: number;
        sample: number;
        rewards: number[];
        advantages: number[];
        variance: number;
        /** Forecast before the rollout, null = not forecast or not parsed. */
        variancePredicted: number | null;
        texts?: string[];
        tokenEntropy?: number[][];
        /** Characters of its text that each token wrote, 0 for an end token; empty where they do not add up. */
        tokenChars?: number[][];
        /** Log-probability of each rollout moved by the step, nats. */
        moved?: number[];
        /** Rolled out, then left out of the update. */
        dropped?: true;
        tokens: number;
      }
    | {
        /** The forecasts of a step over its whole candidate pool. */
        type: "step.judged";
        step: number;
        candidates: number[];
        forecasts: (number | null)[];
        /** What candidates were ranked by, where it was not their own forecast (controls). One a candidate. */
        ranking?: (number | null)[];
        /** The value used for a forecast that could not be read. */
        standIn?: number;
        selected: number[];
        /** Of `selected`: drawn at random, so that forecasts are measured off selection too. */
        exploration: number[];
        /** Of `selected`: drawn at random among candidates that shared the last place with others left out. */
        byLot?: number;
        /** Why, in the strategy's words, where values alone do not tell; one a selected. */
        because?: string[];
        rewards: number[];
        baseline: number;
        /** The context the policy read and what it wrote, for a few candidates. */
        shown?: { sample: number; context: string; judgment: string; forecast: number | null }[];
        tokens: number;
        elapsedMs: number;
      }
    | {
        /** Forecasts of samples that nobody selected, fixed for the run, beside the variance of fresh rollouts. */
        type: "forecasts.probed";
        round: number;
        step: number;
        /** Who forecast: the policy in words, a head on its features, or a control that needs no model. */
        by: "words" | "head" | "control";
        samples: number[];
        /** null = unreadable. */
        forecasts: (number | null)[];
        variances: number[];
        tokens: number;
        elapsedMs: number;
      }
    | {
        type: "evaluated";
        round: number;
        step: number;
        metric: string;
        /** One char a test sample: 1 right, 0 wrong. */
        items: string;
        value: number;
        n: number;
        interval: [number, number];
        tokens: number;
        elapsedMs: number;
      }
    | { type: "probed"; round: number; step: number; answers: ProbeAnswer[] }
    | {
        type: "round.finished";
        round: number;
        step: number;
        tokens: TokenCost;
        secondsMs: Record<Phase, number>;
      }
    | { type: "checkpoint.saved"; round: number; step: number }
    | { type: "note"; code: string; text: string }
    | {
        type: "run.finished";
        status: "done" | "stopped";
        tokens: TokenCost;
        secondsMs: Record<Phase, number>;
      }
    | { type: "run.failed"; code: string; reason: string; hint: string }
  );

export type RunEventType = RunEvent["type"];

/** Where a run is, for the status line; nothing of it is stored. */
export interface Progress {
  phase: Phase;
  /** 1 = first; 0 before. */
  round: number;
  rounds: number;
  step: number;
  steps: number;
  /** Of the phase, in its own units. */
  done: number;
  total: number;
  /** Low and high, ms; null until it can be estimated. */
  leftMs: [number, number] | null;
  tokensPerSecond: number | null;
}

export type RunEventOf<K extends RunEventType> = Extract<RunEvent, { type: K }>;

/** The record without its times: what two runs with one seed must share. */
export function withoutTimes(event: RunEvent): unknown {
  return JSON.parse(
    JSON.stringify(event, (key, value: unknown) => (key.endsWith("Ms") ? undefined : value)),
  ) as unknown;
}
