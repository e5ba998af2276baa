// Chooses the prompts of a reinforcement step: the next of the round's picks, or the best of new random candidates.
import { candidateCount, chooseByForecast, randomSlice, standIn } from "../curriculum/candidates";
import { Random, indices } from "../curriculum/random";
import { strategyNamed } from "../curriculum/registry";
import type { PromptStrategy } from "../curriculum/strategy";
import { LabError } from "../lib/errors";
import { takeBatch } from "./batches";
import type { RunTracker } from "./context";
import { factsOf, partsOf } from "./facts";
import { measure, viewOf, type Measured } from "./measure";
import { progressOf } from "./state";

/** Candidates of a step with what was found out about them. */
export interface Judged extends Measured {
  strategy: PromptStrategy;
  candidates: number[];
  /** The value used in place of an unreadable forecast. */
  standIn: number;
  exploration: number[];
  /** Picks drawn at random among candidates of the same value at the cut. */
  byLot: number;
  /** Why each of the chosen was, in the strategy's words; null where values tell. */
  because: string[] | null;
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
  const size = strategy.rolls?.(config) ?? config.trainer.samplesPerBatch;
  const { candidates, atRandom } = drawCandidates(tracker, strategy, random);
  // The first step draws uniformly, because nothing is known about any prompt yet.
  if (strategy.coldStart && state.step === 0) {
    state.prompts = random.state;
    return { samples: candidates.slice(0, size), judged: null };
  }
  const { result, elapsedMs } = await tracker.timed("judge", () =>
    measure(tracker, strategy, candidates, CHOOSING),
  );
  const view = viewOf(tracker, strategy, candidates);
  const ranking = strategy.rank?.(view, result.forecasts, random) ?? result.ranking;
  const fallback = standIn(config, state.record);
  const { selected, exploration, byLot } = chooseByForecast(
    ranking ?? result.forecasts,
    fallback,
    size,
    strategy.draw ? 0 : randomSlice(config),
    random,
  );
  const drawnAtRandom = new Set(atRandom ?? exploration.map((at) => candidates[at]));
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
      exploration: selected.map((at) => candidates[at]).filter((sample) => drawnAtRandom.has(sample)),
      byLot,
      because: strategy.explain ? selected.map((at) => strategy.explain!(view, candidates[at])) : null,
      elapsedMs,
    },
  };
}

/** Candidates as the strategy draws them, or at random from the whole pool. */
function drawCandidates(
  tracker: RunTracker,
  strategy: PromptStrategy,
  random: Random,
): { candidates: number[]; atRandom?: number[] } {
  const { run, state } = tracker;
  const { config } = run;
  if (!strategy.draw) return { candidates: random.sample(indices(run.train.length), candidateCount(config)) };
  const drawn = strategy.draw({
    config,
    step: state.step,
    progress: progressOf(state, config),
    count: config.trainer.samplesPerBatch,
    pool: factsOf(tracker),
    parts: partsOf(tracker, strategy),
    record: state.record,
    random,
    state: state.curriculum.own,
  });
  if (drawn.samples.length === 0)
    throw new LabError(
      "config",
      `Step ${state.step + 1} has nothing to choose from: ${strategy.words.label} found no prompt in the pool that it can use.`,
      "Choose another strategy, or a pool with difficulties.",
    );
  state.curriculum = { ...state.curriculum, own: drawn.state };
  return { candidates: drawn.samples, atRandom: drawn.atRandom };
}
