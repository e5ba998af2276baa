// What strategies may know of the pool without the model, found once a run: each sample's facts, and the groups in which a
// strategy parts the pool. A run that goes on makes the same again.
import { indices } from "../curriculum/random";
import type { Parts, PromptStrategy, SampleFacts } from "../curriculum/strategy";
import type { RunTracker } from "./context";

const facts = new WeakMap<RunTracker, readonly SampleFacts[]>();
const parted = new WeakMap<RunTracker, Parts>();

export function factsOf(tracker: RunTracker): readonly SampleFacts[] {
  const known = facts.get(tracker);
  if (known) return known;
  const made = tracker.run.train.map(({ promptIds, answerIds, row }) => ({
    promptTokens: promptIds.length,
    answerTokens: answerIds.length,
    prompt: row.prompt,
    difficulty: row.difficulty ?? null,
  }));
  facts.set(tracker, made);
  return made;
}

/** The strategy's groups of the pool; one group of all where it makes none. */
export function partsOf(tracker: RunTracker, strategy: PromptStrategy): Parts {
  const known = parted.get(tracker);
  if (known) return known;
  const { config, train } = tracker.run;
  const made = strategy.part?.(train.length, (i) => train[i].row.prompt, config) ?? {
    names: ["the whole pool"],
    of: indices(train.length).map(() => 0),
  };
  parted.set(tracker, made);
  return made;
}
