// Rolls out a step's prompts, and lets the strategy leave groups out of the update and ask for other prompts in their place.
import { Random } from "../curriculum/random";
import { strategyNamed } from "../curriculum/registry";
import type { Strategy } from "../curriculum/strategy";
import type { RunTracker } from "./context";
import { partsOf } from "./facts";
import { rollOut, type RolledGroup } from "./rollouts";

/** Tells these rollouts apart from those of a look before the choice. */
const TRAIN_DRAW = 0;

export interface Rolled {
  /** Every group of the step, in the order rolled out. */
  all: RolledGroup[];
  /** Those that are trained. */
  kept: RolledGroup[];
  /** Samples that were chosen before anything was rolled out. */
  first: readonly number[];
}

/** A group in short, for the record of rollouts. */
export const briefly = ({ run }: RunTracker, { sample, variance, meanReward }: RolledGroup) => ({
  sample,
  prompt: run.train[sample].row.prompt,
  variance,
  meanReward,
});

/** What a strategy is shown of a group, but for what became of it. */
export const shownOf = (tracker: RunTracker, strategy: Strategy, group: RolledGroup) => ({
  ...briefly(tracker, group),
  rewards: group.rewards,
  advantages: group.advantages,
  part: strategy.chooses === "prompts" ? partsOf(tracker, strategy).of[group.sample] : 0,
});

/** Rolls the prompts out, and lets the strategy leave groups out and ask for more in their place. */
export async function rollAndKeep(tracker: RunTracker, samples: readonly number[]): Promise<Rolled> {
  const { run, state } = tracker;
  const { config } = run;
  const all = await rollOut(tracker, samples, TRAIN_DRAW);
  const strategy = strategyNamed(config.curriculum.strategy);
  if (strategy.chooses !== "prompts" || !strategy.keep) return { all, kept: all, first: samples };
  const random = Random.restore(state.prompts);
  for (let times = 1; ; times++) {
    const {
      kept,
      again,
      state: own,
    } = strategy.keep({
      config,
      step: state.step,
      count: config.trainer.samplesPerBatch,
      groups: all.map((group) => ({
        ...shownOf(tracker, strategy, group),
        trained: false,
        features: null,
      })),
      times,
      poolSize: run.train.length,
      random,
      state: state.curriculum.own,
    });
    state.curriculum = { ...state.curriculum, own };
    state.prompts = random.state;
    if (again.length === 0)
      return {
        all,
        kept: kept.length > 0 ? kept.map((at) => all[at]) : all.slice(0, samples.length),
        first: samples,
      };
    all.push(...(await rollOut(tracker, again, TRAIN_DRAW)));
  }
}
