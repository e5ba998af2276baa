// Measures how good forecasts are on samples that they did not select: a few training samples, fixed before the
// run, are forecast at each evaluation and then measured by rollouts of the same weights. Nothing is trained on
// these rollouts.
import { Random, indices } from "../curriculum/random";
import { IN_WORDS, strategyNamed } from "../curriculum/registry";
import type { RunTracker } from "./context";
import { measure } from "./measure";
import { rollOut } from "./rollouts";

/** Random stream of the probe's judgments, which are made before any rollout is seen. */
const PROBING = { judgments: 0x0b5e, rollouts: 3 };
/** Random stream of the probe's rollouts, separate from those of training and of choosing. */
const PROBE_DRAW = 2;
/** Samples measured between two gates. */
const CHUNK = 20;

/** The samples of a run's probe: the same for every strategy of a seed. */
export function forecastProbeSamples(seed: number, poolSize: number, count: number): number[] {
  return new Random(seed, "forecast probe").sample(indices(poolSize), Math.min(count, poolSize));
}

/**
 * Forecasts and measures the probe's samples, and logs both. Does nothing where the config asks for none.
 * @returns ms it took
 */
export async function probeForecasts(tracker: RunTracker): Promise<number> {
  const { run, state } = tracker;
  const { evaluation, trainer, seed } = run.config;
  if (trainer.kind !== "grpo" || evaluation.forecastProbe === 0 || state.step === 0) return 0;
  const samples = forecastProbeSamples(seed, run.train.length, evaluation.forecastProbe);
  const { result, elapsedMs } = await tracker.timed("evaluate", async () => {
    const { by, forecasts, tokens } = await forecastsOf(tracker, samples);
    const variances: number[] = [];
    let spent = tokens;
    for (let from = 0; from < samples.length; from += CHUNK) {
      await tracker.between(from, samples.length, spent);
      const groups = await rollOut(tracker, samples.slice(from, from + CHUNK), PROBE_DRAW);
      for (const group of groups) {
        variances.push(group.variance);
        spent += group.tokens;
      }
    }
    return { by, forecasts, variances, tokens: spent };
  });
  tracker.spend("evaluate", result.tokens);
  const { round, step } = state;
  tracker.emit({ type: "forecasts.probed", round, step, samples, ...result, elapsedMs });
  return elapsedMs;
}

/** Forecasts by the run's strategy; if it makes none, the model is asked for judgments as METIS does. */
async function forecastsOf(tracker: RunTracker, samples: readonly number[]) {
  const strategy = strategyNamed(tracker.run.config.curriculum.strategy);
  const own = strategy.chooses === "prompts" && strategy.probedBy !== null ? strategy : IN_WORDS;
  const { forecasts, tokens } = await measure(tracker, own, samples, PROBING);
  return { by: own.probedBy ?? ("words" as const), forecasts, tokens };
}
