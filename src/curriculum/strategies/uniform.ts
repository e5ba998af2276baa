// Uniform draws: candidates are drawn as for the others, and the choice among them is random.
import { CANDIDATES } from "../candidates";
import type { PromptStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    uniform: true;
  }
}

export const strategy: PromptStrategy = {
  name: "uniform",
  menu: 180,
  words: {
    label: "uniform draws",
    help: "Each step's prompts are drawn at random from the whole pool, with no memory of what came before.",
    source: "METIS's paper: no curriculum",
  },
  trainers: ["grpo"],
  group: "metis",
  settings: CANDIDATES,
  random: true,
  chooses: "prompts",
  // All are alike, and that is no forecast.
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ candidates }) => candidates.map(() => 0),
  probedBy: null,
};
