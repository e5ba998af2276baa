// Variance top-p: random prompts are rolled out, and of their groups the smallest set is trained whose rewards hold the given
// share of all spread. Steps are smaller where few groups teach something.
import { drawUniform, varies } from "../rolled";
import { number, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";

const settings = {
  share: number(0.9, 0.01, 1, {
    label: "Share of the spread (p)",
    help: "Of the sum of standard deviations, held by the groups that are trained.",
    step: 0.05,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    "variance-top-p": true;
  }
  interface StrategySettings extends InGroup<"varianceTopP", typeof settings> {}
}

/** Positions of the fewest groups that hold `share` of the sum of standard deviations, largest first; none without variance. */
export function topShare(variances: readonly number[], share: number): number[] {
  const spread = variances.map((variance) => Math.sqrt(Math.max(0, variance)));
  const order = spread.map((_, at) => at).filter((at) => varies({ variance: variances[at] }));
  order.sort((a, b) => spread[b] - spread[a] || a - b);
  const wanted = share * order.reduce((sum, at) => sum + spread[at], 0);
  let held = 0;
  // A rounding error is no reason for one group more.
  const enough = order.findIndex((at) => (held += spread[at]) >= wanted - 1e-9);
  return order.slice(0, enough + 1);
}

export const strategy: PromptStrategy<null> = {
  name: "variance-top-p",
  menu: 225,
  words: {
    label: "variance top-p",
    help: "Rolls out random prompts and trains the fewest groups that hold most of the spread of rewards.",
    source: "RAGEN-2 (arXiv 2604.06268): linear top-p over standard deviations",
  },
  trainers: ["grpo"],
  group: "varianceTopP",
  settings,
  begin: () => null,
  chooses: "prompts",
  draw: drawUniform,
  keep: ({ config, groups, state }) => ({
    kept: topShare(
      groups.map(({ variance }) => variance),
      config.varianceTopP.share,
    ),
    again: [],
    state,
  }),
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ candidates }) => candidates.map(() => 0),
  probedBy: null,
};
