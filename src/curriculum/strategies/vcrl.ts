// VCRL: of the prompts rolled out, those are trained whose rewards vary enough; the others are replaced by prompts that varied
// before, out of a memory bank, highest priority first, rolled out anew by the policy as it is now.
import { drawUniform, varianceShare } from "../rolled";
import { number, whole, type InGroup } from "../setting";
import type { LearntGroup, PromptStrategy } from "../strategy";

const settings = {
  threshold: number(0.5, 0, 1, {
    label: "Least variance (κ)",
    unit: "of the largest",
    help: "A group is trained if its variance is at least this. The lab’s choice.",
    step: 0.05,
  }),
  bank: whole(256, 0, 100000, {
    label: "Memory bank",
    unit: "prompts",
    help: "Prompts remembered at most. The lab’s choice.",
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    vcrl: true;
  }
  interface StrategySettings extends InGroup<"vcrl", typeof settings> {}
}

/** How much of a priority stays when its prompt is seen again: the lab’s choice. */
const MOMENTUM = 0.9;

/** Priority of a remembered prompt by pool index. */
export type Bank = Record<number, number>;

interface VcrlState {
  bank: Bank;
  /** Samples of this step that came out of the bank. */
  replayed: number[];
}

/** Remembered prompts, highest priority first; equal ones by their place in the pool. */
export const byPriority = (bank: Bank): number[] =>
  Object.keys(bank)
    .map(Number)
    .sort((a, b) => bank[b] - bank[a] || a - b);

/** The bank after groups were seen: those that vary enough are in it, others are not. */
export function remembered(
  bank: Bank,
  groups: readonly Pick<LearntGroup, "sample" | "variance" | "rewards">[],
  { threshold, momentum, bank: size }: { threshold: number; momentum: number; bank: number },
): Bank {
  const next = { ...bank };
  for (const group of groups) {
    const share = varianceShare(group);
    const before = next[group.sample] ?? share;
    if (share >= threshold && share > 0) next[group.sample] = momentum * before + (1 - momentum) * share;
    else delete next[group.sample];
  }
  for (const sample of byPriority(next).slice(size)) delete next[sample];
  return next;
}

export const strategy: PromptStrategy<VcrlState> = {
  name: "vcrl",
  menu: 190,
  words: {
    label: "VCRL",
    help: "Rolls out random prompts, trains those whose rewards vary enough, and replaces the others by prompts that varied before.",
    source: "VCRL (arXiv 2509.19803); priority = moving average of the variance, threshold the lab’s",
  },
  trainers: ["grpo"],
  group: "vcrl",
  settings,
  begin: () => ({ bank: {}, replayed: [] }),
  learn: ({ bank }, { config, groups }) => ({
    bank: remembered(bank, groups, { ...config.vcrl, momentum: MOMENTUM }),
    replayed: [],
  }),
  chooses: "prompts",
  draw: drawUniform,
  keep({ config, count, groups, times, state }) {
    const { threshold } = config.vcrl;
    const replayed = new Set(state.replayed);
    const enough = groups.flatMap((group, at) => {
      const share = varianceShare(group);
      return replayed.has(group.sample) || (share >= threshold && share > 0) ? [at] : [];
    });
    const here = new Set(groups.map(({ sample }) => sample));
    const missing = times === 1 ? count - enough.length : 0;
    const again = byPriority(state.bank)
      .filter((sample) => !here.has(sample))
      .slice(0, Math.max(0, missing));
    return { kept: enough, again, state: { ...state, replayed: again.length > 0 ? again : state.replayed } };
  },
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ candidates }) => candidates.map(() => 0),
  probedBy: null,
};
