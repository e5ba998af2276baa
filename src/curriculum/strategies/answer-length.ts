// Answer length: from short reference answers to long ones.
import { lowToHigh } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    "answer-length": true;
  }
}

export const strategy = lowToHigh((fact) => fact.answerTokens, {
  name: "answer-length",
  menu: 60,
  words: {
    label: "answer length",
    help: "From short reference answers to long ones, a part of the pool a round.",
    source: "EDCO's baseline of answer complexity; its measure is not told, tokens are ours",
    why: { order: "next in the order of answer length" },
  },
});
