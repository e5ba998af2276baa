// Easy to hard: by the difficulty that the pool itself gives.
import { selectSweep } from "../select";
import type { RoundStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    "easy-to-hard": true;
  }
}

export const strategy: RoundStrategy = {
  name: "easy-to-hard",
  menu: 70,
  words: {
    label: "easy to hard",
    help: "From low to high difficulty as the pool gives it, a part of the pool a round.",
    source: "the classic curriculum",
    why: { order: "next in the order of difficulty" },
  },
  trainers: ["sft", "grpo"],
  chooses: "rounds",
  signal: null,
  nothing: "no sample has a difficulty",
  pick: ({ config, round, count, facts, history, random, state }) => ({
    selection: selectSweep(
      facts.map((fact) => fact.difficulty),
      count,
      round,
      config.curriculum.rounds,
      history,
      random,
    ),
    state,
  }),
};
