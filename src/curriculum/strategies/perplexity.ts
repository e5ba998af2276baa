// Perplexity: from the answers the model finds likely to those it finds unlikely.
import { lowToHigh } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    perplexity: true;
  }
}

export const strategy = lowToHigh("perplexity", {
  name: "perplexity",
  menu: 40,
  words: {
    label: "perplexity",
    help: "From the reference answers that the model finds most likely to the least likely, a part of the pool a round.",
    source: "static baseline of EDCO's paper; its direction is not told, low first is ours",
    why: { order: "next in the order of perplexity" },
  },
});
