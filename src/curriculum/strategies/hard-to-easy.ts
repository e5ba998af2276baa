// Hard to easy: the order of easy-to-hard, reversed.
import { lowToHigh } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    "hard-to-easy": true;
  }
}

export const strategy = lowToHigh(({ difficulty }) => (difficulty === null ? null : -difficulty), {
  name: "hard-to-easy",
  menu: 80,
  words: {
    label: "hard to easy",
    help: "From high to low difficulty as the pool gives it, a part of the pool a round.",
    source: "control of the classic curriculum",
    why: { order: "next in the order of difficulty, hardest first" },
  },
  nothing: "no sample has a difficulty",
});
