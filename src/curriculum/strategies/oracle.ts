// Oracle: all candidates are answered and graded before the choice, and those with the highest reward variance are
// trained. It shows the most that perfect forecasts could gain; its price makes it useless in practice.
import { CANDIDATES } from "../candidates";
import type { PromptStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    oracle: true;
  }
}

export const strategy: PromptStrategy = {
  name: "oracle",
  menu: 130,
  words: {
    label: "oracle",
    help: "Answers all candidates first and trains those with the highest reward variance: the best that forecasts could reach, at a high price.",
    source: "ours: what a choice by variance could gain at most",
  },
  trainers: ["grpo"],
  group: "metis",
  settings: CANDIDATES,
  chooses: "prompts",
  ask: () => ({ wants: "rollouts", read: (variances) => [...variances] }),
  probedBy: null,
};
