// E2H: levels of difficulty are mixed by a schedule that begins with the easy ones and fades them out. The cosine schedule goes
// from weights that fall with the level to weights that rise with it; the Gaussian one moves a bell from the first to the last.
import { drawByWeight, levelsOf } from "../rolled";
import { membersOf } from "../scout/members";
import { choice, number, whole, type InGroup } from "../setting";
import type { PromptStrategy } from "../strategy";

const settings = {
  schedule: choice("gaussian", ["gaussian", "cosine"], {
    label: "Schedule",
    help: "cosine = weights turn from falling to rising with the level; gaussian = a bell moves from the easiest level to the hardest.",
  }),
  levels: whole(4, 2, 64, {
    label: "Levels",
    help: "Levels of difficulty: one for each value, or of equal size where there are more values.",
  }),
  power: number(0.5, 0.05, 10, {
    label: "Pace (β)",
    help: "The bell is at (share of the budget used)^β of the way.",
    step: 0.05,
    advanced: true,
  }),
  width: number(0.5, 0.05, 10, {
    label: "Width (σ)",
    unit: "levels",
    help: "Standard deviation of the bell.",
    step: 0.05,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    e2h: true;
  }
  interface StrategySettings extends InGroup<"e2h", typeof settings> {}
}

interface LadderState {
  /** Samples drawn from each level's own order. */
  drawn: number[];
  /** Chance of each level in the newest step. */
  chances: number[];
}

const scaled = (weights: readonly number[]): number[] => {
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w) => w / sum);
};

/** Chance of each of K levels under the cosine schedule. @param progress 0 = start, 1 = end */
export function cosine(progress: number, levels: number): number[] {
  const early = (1 + Math.cos(Math.PI * progress)) / 2;
  const weights = Array.from({ length: levels }, (_, k) => early * (levels - k) + (1 - early) * (k + 1));
  return scaled(weights);
}

/** Chance of each of K levels under the Gaussian schedule. */
export function gaussian(progress: number, levels: number, power: number, width: number): number[] {
  const centre = progress ** power * (levels - 1);
  const exponents = Array.from({ length: levels }, (_, k) => -((k - centre) ** 2) / (2 * width ** 2));
  // Against the largest, so that a narrow bell between two levels is not 0 at all of them.
  const most = exponents.reduce((a, b) => Math.max(a, b), -Infinity);
  return scaled(exponents.map((x) => Math.exp(x - most)));
}

export const strategy: PromptStrategy<LadderState> = {
  name: "e2h",
  menu: 210,
  words: {
    label: "E2H",
    help: "Draws the level of difficulty of each prompt by a schedule from easy to hard, over the whole budget. Needs a pool with difficulties.",
    source: "E2H Reasoner (arXiv 2506.06632), without the least chance of its cosine form",
  },
  trainers: ["grpo"],
  group: "e2h",
  settings,
  begin: () => ({ drawn: [], chances: [] }),
  chooses: "prompts",
  draw({ config, progress, count, pool, random, state }) {
    const { schedule, power, width } = config.e2h;
    const { parts, levels } = levelsOf(pool, config.e2h.levels);
    const chances =
      schedule === "cosine" ? cosine(progress, levels) : gaussian(progress, levels, power, width);
    const { samples, drawn } = drawByWeight(
      membersOf(parts, config.seed),
      state.drawn,
      chances,
      count,
      random,
    );
    return { samples, state: { drawn, chances } };
  },
  explain({ config, pool, state }, sample) {
    const { parts } = levelsOf(pool, config.e2h.levels);
    const chance = state.chances[parts.of[sample]] ?? 0;
    return `${parts.names[parts.of[sample]]}, which now has ${(100 * chance).toFixed(0)} % of the draws`;
  },
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ config, pool, candidates, state }) => {
    const { parts } = levelsOf(pool, config.e2h.levels);
    return candidates.map((sample) => state.chances[parts.of[sample]] ?? 0);
  },
  probedBy: null,
};
