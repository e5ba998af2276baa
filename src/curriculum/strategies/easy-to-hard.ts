// Easy to hard: by the difficulty that the pool itself gives.
import { lowToHigh } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    "easy-to-hard": true;
  }
}

export const strategy = lowToHigh((fact) => fact.difficulty, {
  name: "easy-to-hard",
  menu: 70,
  words: {
    label: "easy to hard",
    help: "From low to high difficulty as the pool gives it, a part of the pool a round.",
    source: "the classic curriculum",
    why: { order: "next in the order of difficulty" },
  },
  nothing: "no sample has a difficulty",
});
