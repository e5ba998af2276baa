// A supervised step whose batch the strategy chooses itself: it draws, the rows are trained, and it sees their losses
// out of the same forward pass. Nothing is scored.
import type { BatchStrategy, Parts } from "../curriculum/strategy";
import { optimizerNow } from "./batches";
import type { RunTracker } from "./context";
import type { StepOutcome } from "./loop";
import { sftStep } from "./sft";

/** Made once a run: one that goes on makes the same again. */
const made = new WeakMap<RunTracker, Parts>();

function partsOf(tracker: RunTracker, strategy: BatchStrategy): Parts {
  const { config, train } = tracker.run;
  const parts = made.get(tracker) ?? strategy.part(train.length, (i) => train[i].row.prompt, config);
  made.set(tracker, parts);
  return parts;
}

/** Tells the log which groups of the pool the strategy knows. */
export function tellParts(tracker: RunTracker, strategy: BatchStrategy): void {
  const { names, of } = partsOf(tracker, strategy);
  tracker.emit({ type: "pool.parted", names: [...names], parts: [...of] });
}

/** @returns what the loop logs as the step; `batch.chosen` is logged here */
export async function chosenStep(tracker: RunTracker, strategy: BatchStrategy): Promise<StepOutcome> {
  const { run, state } = tracker;
  const { config } = run;
  const parts = partsOf(tracker, strategy);
  const size = config.trainer.samplesPerBatch;
  const began = performance.now();
  const drawn = strategy.draw({ config, size, parts, state: state.curriculum.own });
  const drawMs = performance.now() - began;
  const { random, chosen } = drawn.batch;
  const samples = [...random, ...chosen.map(({ sample }) => sample)];
  const optimizer = optimizerNow(tracker);
  const { result } = await tracker.timed("train", () =>
    sftStep(
      run.engine,
      samples.map((i) => run.train[i]),
      optimizer,
      { losses: true },
    ),
  );
  const losses = result.report.skipped ? samples.map(() => NaN) : result.losses!;
  const sawFrom = performance.now();
  const seen = strategy.see(drawn.state, { config, parts, batch: drawn.batch, losses });
  state.curriculum = { ...state.curriculum, own: seen.state };
  const choosingMs = drawMs + performance.now() - sawFrom;
  const at = { round: state.round, step: state.step + 1 };
  tracker.emit({ type: "batch.chosen", ...at, random, chosen, ...seen.told, choosingMs });
  return { samples, report: result.report, tokens: result.tokens, lr: optimizer.learningRate };
}
