// A run from start to end: score, pick, train, evaluate, checkpoint, round after round. Everything that decides
// what comes next is in RunState, so a run resumed from a checkpoint does exactly what it would have done.
import { Random, indices } from "../curriculum/random";
import { signalOf, strategyNamed } from "../curriculum/registry";
import { needsScores, selectRound } from "../curriculum/rounds";
import type { PoolSignal, SampleFacts } from "../curriculum/strategy";
import { LabError, asLabError } from "../lib/errors";
import type { StepParts } from "../lib/events";
import type { StepReport } from "../model/engine";
import { optimizerNow, takeBatch } from "./batches";
import { decodeCheckpoint } from "./checkpoint";
import { chosenStep, tellParts } from "./chosenStep";
import { compareEstimators } from "./compare";
import { RunTracker, type RunContext } from "./context";
import { ANSWER_TOKENS, evaluate, probeAnswers, probedSamples } from "./evaluate";
import { probeForecasts } from "./forecastProbe";
import { grpoStep } from "./grpo";
import { logSample } from "./samples";
import { scoreEntropy, scoreLoss, type PoolScores } from "./scoring";
import { optimizerAt, sftStep } from "./sft";
import { lastRound, newRunState, roundIsFull, stepsOfRound, storedState, type RunState } from "./state";

/** Steps in a row without a finite loss and gradient after which the run gives up. */
const NOT_FINITE_LIMIT = 3;

export interface RunOutcome {
  status: "done" | "stopped" | "failed";
  /** Why it failed. */
  error: LabError | null;
}

/** What a trainer's step hands back to the loop. */
export interface StepOutcome {
  samples: number[];
  report: StepReport;
  /** Rows trained, prompts included. */
  tokens: number;
  lr: number;
  partsMs?: StepParts;
}

/**
 * Runs to the end, to a stop, or to a failure; never throws. The last event says which.
 * @param checkpoint where to go on from; the log must already be cut to its `eventCount`
 */
export async function runLoop(run: RunContext, checkpoint: Uint8Array | null): Promise<RunOutcome> {
  let tracker = new RunTracker(run, newRunState(run.config));
  try {
    if (checkpoint) {
      const { state, train } = decodeCheckpoint<Parameters<typeof storedState>[0]>(checkpoint);
      run.engine.writeState(train);
      tracker = new RunTracker(run, storedState(state));
      await noteVariants(tracker, train.variants);
      for (const note of run.notes ?? []) tracker.emit({ type: "note", ...note });
    } else {
      run.engine.initAdapter(run.config.seed);
      run.engine.resetOptimizer();
      tracker.state.secondsMs.load = run.loadMs;
    }
    while (tracker.state.stage !== "done") {
      tracker.mark();
      await STAGES[tracker.state.stage](tracker);
    }
    finish(tracker, "done");
    return { status: "done", error: null };
  } catch (thrown) {
    let error = asLabError(thrown);
    if (error.code === "stopped") {
      try {
        await tracker.save();
        finish(tracker, "stopped");
        return { status: "stopped", error: null };
      } catch (failed) {
        error = asLabError(failed);
      }
    }
    const { code, message, hint } = error;
    tracker.emit({ type: "run.failed", code, reason: message, hint });
    return { status: "failed", error };
  } finally {
    run.control.onRest = null;
  }
}

const STAGES: Record<Exclude<RunState["stage"], "done">, (tracker: RunTracker) => Promise<void>> = {
  begin,
  warm,
  first,
  announce,
  round,
  train,
  evaluate: evaluateStage,
  finish: finishRound,
};

function finish(tracker: RunTracker, status: "done" | "stopped"): void {
  const { tokens, secondsMs } = tracker.state;
  tracker.emit({ type: "run.finished", status, tokens: { ...tokens }, secondsMs: { ...secondsMs } });
}

/** Notes in the log if a resumed run uses other kernel variants than before, because these could change bits. */
async function noteVariants(tracker: RunTracker, before: Record<string, string>): Promise<void> {
  const now = (await tracker.run.engine.readState()).variants;
  const changed = Object.keys(before).filter((key) => now[key] !== undefined && now[key] !== before[key]);
  if (changed.length === 0) return;
  tracker.emit({
    type: "note",
    code: "variants-changed",
    text: `This device chose other kernels than the checkpoint's (${changed.join(", ")}): last bits may differ.`,
  });
}

async function begin(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  const { config } = run;
  const scored = signalOf(strategyNamed(config.curriculum.strategy)) !== null;
  tracker.emit({
    type: "run.started",
    runId: run.runId,
    name: run.name,
    seed: config.seed,
    config,
    environment: run.environment,
    ...(run.identity ? { identity: run.identity } : {}),
    planned: {
      rounds: config.curriculum.rounds,
      steps: config.budget.steps ?? 0,
      scoredPerRound: scored ? run.train.length : 0,
    },
  });
  tracker.emit({
    type: "pool.loaded",
    name: run.poolName,
    train: run.train.map(logSample),
    testSize: run.test.length,
  });
  for (const note of run.notes ?? []) tracker.emit({ type: "note", ...note });
  state.stage = config.trainer.kind === "grpo" && config.trainer.warmStartSteps > 0 ? "warm" : "first";
}

/** The model before training. */
async function first(tracker: RunTracker): Promise<void> {
  await evaluateNow(tracker);
  await checkpoint(tracker);
}

/** Supervised steps on random samples before the first rollout; their losses are summed up in one note. */
async function warm(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  const { trainer } = run.config;
  await tracker.gate("step");
  if (state.warmStep === 0) tracker.begin("train");
  const random = Random.restore(state.warm);
  const batch = random.sample(indices(run.train.length), 8);
  const { result } = await tracker.timed("train", () =>
    sftStep(
      run.engine,
      batch.map((i) => run.train[i]),
      optimizerAt(trainer, state.warmStep, trainer.warmStartSteps),
    ),
  );
  state.warm = random.state;
  state.warmStep++;
  tracker.spend("train", result.tokens);
  state.warmTokens = (state.warmTokens ?? 0) + result.tokens;
  tracker.progress(state.warmStep, trainer.warmStartSteps);
  countFinite(tracker, result.report);
  if (state.warmStep < trainer.warmStartSteps) return;
  tracker.emit({
    type: "note",
    code: "warm-start",
    text: `${state.warmStep} supervised steps on random samples came first; the last one's loss was ${result.report.loss.toFixed(3)}.`,
  });
  run.engine.resetOptimizer();
  // The KL term compares policy steps with the model as it is now.
  await run.engine.keepReference();
  state.keptReference = true;
  state.stage = "first";
}

async function announce(tracker: RunTracker): Promise<void> {
  const { state, run } = tracker;
  tracker.emit({ type: "checkpoint.saved", round: state.round, step: state.step });
  state.stage = state.round > 0 && lastRound(state, run.config) ? "done" : "round";
}

async function round(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  const { curriculum } = run.config;
  await tracker.gate("round");
  const restarts = state.round > 0 && curriculum.restartOptimizer;
  state.round++;
  state.roundStart = state.step;
  const strategy = strategyNamed(curriculum.strategy);
  if (strategy.chooses === "rounds") {
    const scores =
      strategy.signal !== null && needsScores(curriculum, state.round)
        ? await scorePool(tracker, strategy.signal)
        : state.curriculum.scores;
    const facts = run.train.map(sampleFacts);
    const chosen = selectRound(strategy, run.config, state.round, facts, scores, state.curriculum);
    if (chosen.selection.picks.length === 0) throw nothingToPick(tracker, strategy.nothing);
    state.curriculum = chosen.state;
    state.picks = chosen.selection.picks;
    tracker.emit({ type: "round.selected", round: state.round, ...chosen.selection });
    if (chosen.note) tracker.emit({ type: "note", code: "choice", text: chosen.note });
  }
  if (strategy.chooses === "batches" && state.round === 1) tellParts(tracker, strategy);
  if (restarts) run.engine.resetOptimizer();
  tracker.begin("train");
  state.stage = "train";
}

function sampleFacts({ promptIds, answerIds, row }: RunContext["train"][number]): SampleFacts {
  return {
    promptTokens: promptIds.length,
    answerTokens: answerIds.length,
    prompt: row.prompt,
    difficulty: row.difficulty ?? null,
  };
}

/** @param reason the strategy's own reason, if it has one */
function nothingToPick({ run, state }: RunTracker, reason: string | undefined): LabError {
  const { window } = run.config.curriculum;
  const empty = window ? `no score lies in the window [${window.join(", ")}]` : "the pool is empty";
  const why = reason ?? empty;
  const hint = "Widen the window, choose another strategy or another pool.";
  return new LabError("config", `Round ${state.round} has nothing to pick: ${why}.`, hint);
}

async function scorePool(tracker: RunTracker, signal: PoolSignal): Promise<(number | null)[]> {
  const { run, state } = tracker;
  const { curriculum, evaluation, seed } = run.config;
  const { estimator } = curriculum;
  const context = {
    engine: run.engine,
    tokenizer: run.tokenizer,
    seed,
    round: state.round,
    between: tracker.between,
  };
  tracker.begin("score");
  const { result: scores, elapsedMs } = await tracker.timed("score", (): Promise<PoolScores> => {
    switch (signal) {
      case "entropy":
        return scoreEntropy(run.train, estimator, context);
      case "loss":
      case "perplexity":
        return scoreLoss(run.train, signal, context);
      default:
        return signal satisfies never;
    }
  });
  tracker.spend("score", scores.tokens);
  tracker.measured.scoreMs.push(elapsedMs);
  tracker.emit({
    type: "pool.scored",
    round: state.round,
    step: state.step,
    signal: signal === "entropy" ? "entropy" : "loss",
    unit: scores.unit,
    estimator: scores.estimator,
    prefixTokens: scores.prefixTokens,
    values: scores.values,
    tokens: scores.tokens,
    elapsedMs,
  });
  const compared = evaluation.compareEstimators;
  if (
    signal === "entropy" &&
    (compared === "each-round" || (compared === "first-round" && state.round === 1))
  ) {
    const rows = await compareEstimators(run.train, estimator, { ...scores, elapsedMs }, context, () =>
      tracker.elapsed(),
    );
    tracker.emit({ type: "estimators.compared", round: state.round, rows });
  }
  return scores.values;
}

async function train(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  await tracker.gate("step");
  const from = tracker.elapsed();
  const outcome =
    run.config.trainer.kind === "grpo" ? await grpoStep(tracker) : await supervisedStep(tracker);
  state.step++;
  const { report, samples, tokens, lr, partsMs } = outcome;
  tracker.spend("train", tokens);
  const elapsedMs = tracker.elapsed() - from;
  tracker.measured.stepMs.push(elapsedMs);
  tracker.emit({
    type: "step.finished",
    round: state.round,
    step: state.step,
    samples,
    loss: report.loss,
    tokens,
    lr,
    gradNorm: report.gradNorm,
    skipped: report.skipped,
    elapsedMs,
    ...(partsMs ? { partsMs } : {}),
  });
  countFinite(tracker, report);
  tracker.progress(state.step - state.roundStart, stepsOfRound(state, run.config) ?? 0, state.tokens.train);
  const { every } = run.config.evaluation;
  const due = typeof every === "number" && state.step % every === 0;
  state.stage = due ? "evaluate" : roundIsFull(state, run.config) ? "finish" : "train";
}

/** An evaluation between steps. */
async function evaluateStage(tracker: RunTracker): Promise<void> {
  await evaluateNow(tracker);
  const full = roundIsFull(tracker.state, tracker.run.config);
  if (!full) tracker.begin("train");
  tracker.state.stage = full ? "finish" : "train";
}

async function supervisedStep(tracker: RunTracker): Promise<StepOutcome> {
  const { run } = tracker;
  const strategy = strategyNamed(run.config.curriculum.strategy);
  if (strategy.chooses === "batches") return chosenStep(tracker, strategy);
  const batch = takeBatch(tracker);
  const optimizer = optimizerNow(tracker);
  const { result } = await tracker.timed("train", () =>
    sftStep(
      run.engine,
      batch.map((i) => run.train[i]),
      optimizer,
    ),
  );
  return { samples: batch, report: result.report, tokens: result.tokens, lr: optimizer.learningRate };
}

function countFinite({ state }: RunTracker, report: StepReport): void {
  state.notFinite = report.skipped ? state.notFinite + 1 : 0;
  if (state.notFinite < NOT_FINITE_LIMIT) return;
  throw new LabError(
    "diverged",
    `${NOT_FINITE_LIMIT} steps in a row had a loss or gradient that is not a finite number (step ${state.step}: loss ${report.loss}, gradient norm ${report.gradNorm}).`,
    "Resume from the last checkpoint with a lower learning rate.",
    { step: state.step, loss: String(report.loss), gradNorm: String(report.gradNorm) },
  );
}

async function finishRound(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  const { every } = run.config.evaluation;
  const last = lastRound(state, run.config);
  const due = (typeof every !== "number" || last) && state.evaluatedAt !== state.step;
  if (due) await evaluateNow(tracker);
  const { round: at, step, tokens, secondsMs } = state;
  tracker.emit({
    type: "round.finished",
    round: at,
    step,
    tokens: { ...tokens },
    secondsMs: { ...secondsMs },
  });
  await checkpoint(tracker);
}

/** Test accuracy and the probed answers, or only the probes where evaluation is off. */
async function evaluateNow(tracker: RunTracker): Promise<void> {
  const { run, state } = tracker;
  const { evaluation } = run.config;
  const test = evaluation.limit === null ? run.test : run.test.slice(0, evaluation.limit);
  const probed = probedSamples(test, evaluation.probes);
  const asked = evaluation.every === "never" ? probed : test;
  if (asked.length === 0) return;
  tracker.begin("evaluate");
  const { engine, tokenizer, grader } = run;
  const { result, elapsedMs } = await tracker.timed("evaluate", () =>
    evaluate(asked, {
      engine,
      tokenizer,
      grader,
      maxNewTokens: evaluation.maxNewTokens ?? ANSWER_TOKENS,
      between: tracker.between,
    }),
  );
  tracker.spend("evaluate", result.tokens);
  state.evaluatedAt = state.step;
  const { metric, items, value, n, interval, tokens } = result;
  const at = { round: state.round, step: state.step };
  if (evaluation.every !== "never") {
    tracker.emit({ type: "evaluated", ...at, metric, items, value, n, interval, tokens, elapsedMs });
  }
  if (probed.length > 0) {
    tracker.emit({ type: "probed", ...at, answers: probeAnswers(probed, result, tokenizer) });
  }
  tracker.measured.evaluateMs.push(elapsedMs + (await probeForecasts(tracker)));
}

/** Stores a checkpoint and logs it right afterwards. */
async function checkpoint(tracker: RunTracker): Promise<void> {
  tracker.state.stage = "announce";
  tracker.mark();
  await tracker.save();
}
