// Last variance: a prompt's forecast is the variance of its own last rollouts.
import { CANDIDATES } from "../candidates";
import type { PromptStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    "last-variance": true;
  }
}

export const strategy: PromptStrategy = {
  name: "last-variance",
  menu: 140,
  words: {
    label: "last variance",
    help: "A prompt's forecast is the variance of its own last rollouts, or the running mean where it has none.",
    source: "ours: a control, forecasts without a model",
  },
  trainers: ["grpo"],
  group: "metis",
  settings: CANDIDATES,
  recordName: () => "last",
  chooses: "prompts",
  ask: ({ candidates, record }) => ({
    wants: "nothing",
    read: () => candidates.map((sample) => record.lastVariance[sample] ?? record.meanVariance),
  }),
  probedBy: "control",
};
