// Dynamic sampling: prompts are rolled out at random; groups whose rewards are all alike are left out, and new prompts are rolled
// out in their place until the step is full. It pays for every answer, also for those it throws away.
import { drawFresh, drawUniform, varies } from "../rolled";
import { whole, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";

const settings = {
  times: whole(10, 1, 100, {
    label: "Rollouts at most",
    unit: "times a step",
    help: "Then the step trains what it has found.",
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    "dynamic-sampling": true;
  }
  interface StrategySettings extends InGroup<"dynamicSampling", typeof settings> {}
}

export const strategy: PromptStrategy<null> = {
  name: "dynamic-sampling",
  menu: 220,
  words: {
    label: "dynamic sampling",
    help: "Rolls out random prompts, leaves out those whose answers are all rewarded alike, and rolls out others until the step is full.",
    source: "DAPO (arXiv 2503.14476); each time it rolls out only as many as are missing",
  },
  trainers: ["grpo"],
  group: "dynamicSampling",
  settings,
  begin: () => null,
  chooses: "prompts",
  draw: drawUniform,
  keep({ config, count, groups, times, poolSize, random, state }) {
    const kept = groups.flatMap((group, at) => (varies(group) ? [at] : []));
    const missing = count - kept.length;
    const taken = new Set(groups.map(({ sample }) => sample));
    const again =
      missing > 0 && times < config.dynamicSampling.times ? drawFresh(poolSize, missing, taken, random) : [];
    return { kept: kept.slice(0, count), again, state };
  },
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ candidates }) => candidates.map(() => 0),
  probedBy: null,
};
