// EDCO: before each round the whole pool is scored by the model's entropy, and the highest scores are picked.
import { highest } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    edco: true;
  }
}

export const strategy = highest("entropy", {
  name: "edco",
  menu: 10,
  words: {
    label: "EDCO",
    help: "Entropy-based dynamic curriculum: before each round the whole pool is scored, and the samples with the highest entropy are picked.",
    source: "EDCO: dynamic top-N by inference entropy, N picks a round",
    why: { window: "inside the entropy window" },
  },
});
