// EDCO: before each round the whole pool is scored by the model's entropy, and the highest scores are picked.
import { selectTop } from "../select";
import type { RoundStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    edco: true;
  }
}

export const strategy: RoundStrategy = {
  name: "edco",
  menu: 10,
  words: {
    label: "EDCO",
    help: "Entropy-based dynamic curriculum: before each round the whole pool is scored, and the samples with the highest entropy are picked.",
    source: "EDCO: dynamic top-N by inference entropy, N picks a round",
    why: { window: "inside the entropy window" },
  },
  trainers: ["sft", "grpo"],
  chooses: "rounds",
  signal: "entropy",
  pick: ({ config, count, scores, history, random, state }) => ({
    selection: selectTop(scores ?? [], count, config.curriculum, history, random),
    state,
  }),
};
