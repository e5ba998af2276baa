// Random order. Nothing is scored, and no sample comes twice before all have come once.
import { selectRandom } from "../select";
import type { RoundStrategy } from "../strategy";

interface Waiting {
  /** Samples of the shuffled pool that have not come yet. */
  queue: number[];
}

export const strategy: RoundStrategy<Waiting> = {
  name: "random",
  menu: 20,
  words: {
    label: "random order",
    help: "The same number of samples, drawn at random. Nothing is scored, so choosing costs nothing.",
    source: "baseline of both papers",
    why: { random: "drawn at random" },
  },
  trainers: ["sft", "grpo"],
  random: true,
  chooses: "rounds",
  signal: null,
  begin: () => ({ queue: [] }),
  pick({ facts, count, history, random, state }) {
    const { selection, queue } = selectRandom(facts.length, count, state.queue, history, random);
    return { selection, state: { queue } };
  },
};
