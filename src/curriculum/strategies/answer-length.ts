// Answer length: from short reference answers to long ones.
import { selectSweep } from "../select";
import type { RoundStrategy } from "../strategy";

declare module "../strategy" {
  interface StrategyNames {
    "answer-length": true;
  }
}

export const strategy: RoundStrategy = {
  name: "answer-length",
  menu: 60,
  words: {
    label: "answer length",
    help: "From short reference answers to long ones, a part of the pool a round.",
    source: "EDCO's baseline of answer complexity; its measure is not told, tokens are ours",
    why: { order: "next in the order of answer length" },
  },
  trainers: ["sft", "grpo"],
  chooses: "rounds",
  signal: null,
  pick: ({ config, round, count, facts, history, random, state }) => ({
    selection: selectSweep(
      facts.map((fact) => fact.answerTokens),
      count,
      round,
      config.curriculum.rounds,
      history,
      random,
    ),
    state,
  }),
};
