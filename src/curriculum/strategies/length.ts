// Length: from short questions to long ones.
import { selectSweep } from "../select";
import type { RoundStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    length: true;
  }
}

export const strategy: RoundStrategy = {
  name: "length",
  menu: 50,
  words: {
    label: "length",
    help: "From short questions to long ones, a part of the pool a round.",
    source: "static baseline of EDCO's paper",
    why: { order: "next in the order of question length" },
  },
  trainers: ["sft", "grpo"],
  chooses: "rounds",
  signal: null,
  pick: ({ config, round, count, facts, history, random, state }) => ({
    selection: selectSweep(
      facts.map((fact) => fact.promptTokens),
      count,
      round,
      config.curriculum.rounds,
      history,
      random,
    ),
    state,
  }),
};
