// PCL's value rule: prompts whose mean reward is nearest to a target, by default one half.
import { CANDIDATES } from "../candidates";
import { number, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";

const settings = {
  ...CANDIDATES,
  target: number(0.5, 0, 1, {
    label: "PCL target",
    help: "The mean reward that a prompt should have to be studied.",
    step: 0.05,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    pcl: true;
  }
  interface StrategySettings extends InGroup<"metis", typeof settings> {}
}

export const strategy: PromptStrategy = {
  name: "pcl",
  menu: 170,
  words: {
    label: "PCL’s value rule",
    help: "Studies the prompts whose last mean reward was nearest to a target. Prompts that were never answered count as exactly at the target.",
    source: "PCL's rule with the last mean reward in place of its value model",
  },
  trainers: ["grpo"],
  group: "metis",
  settings,
  chooses: "prompts",
  // It ranks prompts, but says nothing of variance.
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank({ config, candidates, record }) {
    const { target } = config.metis;
    // Nearest to the target first; a prompt never rolled out counts as being at the target, so it is tried.
    return candidates.map((sample) => -Math.abs((record.value[sample] ?? target) - target));
  },
  probedBy: null,
};
