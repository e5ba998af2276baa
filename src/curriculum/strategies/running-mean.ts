// Running mean: the forecast of every prompt is the moving average of variance, so all forecasts are equal and the choice is random.
import { CANDIDATES } from "../candidates";
import type { PromptStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    "running-mean": true;
  }
}

export const strategy: PromptStrategy = {
  name: "running-mean",
  menu: 150,
  words: {
    label: "running mean",
    help: "Every prompt gets the same forecast, the moving average of the variance of all rollouts, so the choice is random.",
    source: "ours: a control, one forecast for all",
  },
  trainers: ["grpo"],
  group: "metis",
  settings: CANDIDATES,
  recordName: () => "running_mean",
  chooses: "prompts",
  ask: ({ candidates, record }) => ({
    wants: "nothing",
    read: () => candidates.map(() => record.meanVariance),
  }),
  probedBy: "control",
};
