// Loss: before each round the pool is scored by the loss of its reference answers, and the highest are picked.
import { highest } from "../rules";

declare module "../strategy" {
  interface StrategyNames {
    loss: true;
  }
}

export const strategy = highest("loss", {
  name: "loss",
  menu: 30,
  words: {
    label: "loss",
    help: "Before each round it scores the whole pool and picks the samples whose reference answers surprise the model most.",
    source: "dynamic baseline in the released code of EDCO; its scorer is not there, highest first is ours",
    why: { window: "inside the score window" },
  },
});
