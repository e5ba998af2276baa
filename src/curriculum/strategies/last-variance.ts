// Last variance: a prompt's forecast is the variance of its own last rollouts.
import { recalled } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    "last-variance": true;
  }
}

export const strategy = recalled((record, sample) => record.lastVariance[sample] ?? record.meanVariance, {
  name: "last-variance",
  menu: 140,
  words: {
    label: "last variance",
    help: "A prompt's forecast is the variance of its own last rollouts, or the running mean where it has none.",
    source: "ours: a control, forecasts without a model",
  },
  recordName: () => "last",
});
