// Length: from short questions to long ones.
import { lowToHigh } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    length: true;
  }
}

export const strategy = lowToHigh((fact) => fact.promptTokens, {
  name: "length",
  menu: 50,
  words: {
    label: "length",
    help: "From short questions to long ones, a part of the pool a round.",
    source: "static baseline of EDCO's paper",
    why: { order: "next in the order of question length" },
  },
});
