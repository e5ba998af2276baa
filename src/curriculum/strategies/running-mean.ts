// Running mean: the forecast of every prompt is the moving average of variance, so all forecasts are equal and the choice is random.
import { recalled } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    "running-mean": true;
  }
}

export const strategy = recalled((record) => record.meanVariance, {
  name: "running-mean",
  menu: 150,
  words: {
    label: "running mean",
    help: "Every prompt gets the same forecast, the moving average of the variance of all rollouts, so the choice is random.",
    source: "ours: a control, one forecast for all",
  },
  recordName: () => "running_mean",
});
