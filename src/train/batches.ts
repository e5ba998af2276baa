// Takes the next batch of samples in a round, and computes AdamW's settings for the next step.
import { Random } from "../curriculum/random";
import { nextBatch } from "../curriculum/select";
import type { RunTracker } from "./context";
import { optimizerAt } from "./sft";
import { stepsOfRound } from "./state";

/** The next samples of the round's picks. */
export function takeBatch({ run, state }: RunTracker): number[] {
  const { trainer, curriculum } = run.config;
  const random = Random.restore(state.curriculum.batch);
  const picks = state.picks.map((pick) => pick.sample);
  const { batchQueue } = state.curriculum;
  const { batch, queue } = nextBatch(batchQueue, picks, trainer.samplesPerBatch, curriculum.order, random);
  state.curriculum = { ...state.curriculum, batchQueue: queue, batch: random.state };
  return batch;
}

/** AdamW for the next step: schedules run over the round, or over the run when the optimiser is kept. */
export function optimizerNow({ run, state }: RunTracker) {
  const { trainer, curriculum, budget } = run.config;
  return curriculum.restartOptimizer
    ? optimizerAt(trainer, state.step - state.roundStart, stepsOfRound(state, run.config))
    : optimizerAt(trainer, state.step, budget.steps);
}
