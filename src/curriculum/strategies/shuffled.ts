// Shuffled forecasts: a control for METIS. The model forecasts and is rewarded for it, but each forecast is given
// to a random candidate. A gain that remains cannot come from choosing.
import type { PromptStrategy } from "../strategy";
import {
  askInWords,
  judgmentWeights,
  learnBaseline,
  rewardForecasts,
  settings,
  type JudgeState,
} from "./metis";

declare module "../strategy" {
  interface StrategyNames {
    shuffled: true;
  }
}

export const strategy: PromptStrategy<JudgeState> = {
  name: "shuffled",
  menu: 160,
  words: {
    label: "shuffled forecasts",
    help: "METIS, but each forecast is given to a random candidate: shows what is left of its gain when forecasts do not choose.",
    source: "ours: a control",
  },
  trainers: ["grpo"],
  group: "metis",
  settings,
  begin: () => ({ baseline: null }),
  learn: ({ baseline }, step) => ({ baseline: learnBaseline(baseline, step) }),
  chooses: "prompts",
  coldStart: true,
  ask: askInWords,
  rank: (_view, forecasts, random) => random.shuffle(forecasts),
  probedBy: "words",
  reward: rewardForecasts,
  judgmentWeights,
};
