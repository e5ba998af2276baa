// Chooses the prompts of a reinforcement step: the next of the round's picks, or the best of new random candidates.
import { candidateCount, chooseByForecast, randomSlice, standIn } from "../curriculum/candidates";
import { Random, indices } from "../curriculum/random";
import { strategyNamed } from "../curriculum/registry";
import type { Forecasts, PromptStrategy } from "../curriculum/strategy";
import { LabError } from "../lib/errors";
import { takeBatch } from "./batches";
import type { RunTracker } from "./context";
import { measure, viewOf, type Measured } from "./measure";

/** Candidates of a step with what was found out about them. */
export interface Judged extends Measured {
  strategy: PromptStrategy;
  candidates: number[];
  /** The values that candidates were ranked by, if these were not their own forecasts (controls). */
  ranking: Forecasts | null;
  /** The value used in place of an unreadable forecast. */
  standIn: number;
  exploration: number[];
  /** Picks drawn at random among candidates of the same value at the cut. */
  byLot: number;
  elapsedMs: number;
}

export interface ChosenPrompts {
  /** Pool indices to train on. */
  samples: number[];
  /** null where the whole pool is picked from by rounds, or at a cold start. */
  judged: Judged | null;
}

/** Random streams of the measurement before the choice: judgments, and rollouts that are not trained on. */
const CHOOSING = { judgments: 0x0d6e, rollouts: 1 };

export async function choosePrompts(tracker: RunTracker): Promise<ChosenPrompts> {
  const { run, state } = tracker;
  const { config } = run;
  const strategy = strategyNamed(config.curriculum.strategy);
  if (strategy.chooses === "rounds") return { samples: takeBatch(tracker), judged: null };
  if (strategy.chooses === "batches")
    throw new LabError("internal", `${strategy.name} chooses supervised batches only.`);
  const random = Random.restore(state.prompts);
  const size = config.trainer.samplesPerBatch;
  const candidates = random.sample(indices(run.train.length), candidateCount(config));
  // The first step draws uniformly, because nothing is known about any prompt yet.
  if (strategy.coldStart && state.step === 0) {
    state.prompts = random.state;
    return { samples: candidates.slice(0, size), judged: null };
  }
  const { result, elapsedMs } = await tracker.timed("judge", () =>
    measure(tracker, strategy, candidates, CHOOSING),
  );
  const ranking = strategy.rank?.(viewOf(tracker, candidates), result.forecasts, random) ?? null;
  const fallback = standIn(config, state.record);
  const { selected, exploration, byLot } = chooseByForecast(
    ranking ?? result.forecasts,
    fallback,
    size,
    randomSlice(config),
    random,
  );
  state.prompts = random.state;
  tracker.spend("judge", result.tokens);
  return {
    samples: selected.map((at) => candidates[at]),
    judged: {
      ...result,
      strategy,
      candidates,
      ranking,
      standIn: fallback,
      exploration: exploration.map((at) => candidates[at]),
      byLot,
      elapsedMs,
    },
  };
}
