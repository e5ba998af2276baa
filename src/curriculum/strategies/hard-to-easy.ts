// Hard to easy: the same order backwards.
import { selectSweep } from "../select";
import type { RoundStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    "hard-to-easy": true;
  }
}

export const strategy: RoundStrategy = {
  name: "hard-to-easy",
  menu: 80,
  words: {
    label: "hard to easy",
    help: "From high to low difficulty as the pool gives it, a part of the pool a round.",
    source: "control of the classic curriculum",
    why: { order: "next in the order of difficulty, hardest first" },
  },
  trainers: ["sft", "grpo"],
  chooses: "rounds",
  signal: null,
  nothing: "no sample has a difficulty",
  pick: ({ config, round, count, facts, history, random, state }) => ({
    selection: selectSweep(
      facts.map(({ difficulty }) => (difficulty === null ? null : -difficulty)),
      count,
      round,
      config.curriculum.rounds,
      history,
      random,
    ),
    state,
  }),
};
