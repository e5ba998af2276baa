// AdaRFT: a target difficulty follows the policy. Where the mean reward of a step is above one half, the target rises, else it
// falls; the next step trains the prompts whose own difficulty is nearest to it.
import type { Random } from "../random";
import { number, type InGroup } from "../setting";
import { mean } from "../stats";
import type { PromptStrategy, SampleFacts } from "../strategy";

const settings = {
  reward: number(0.5, 0, 1, {
    label: "Wanted reward (β)",
    help: "At this mean reward the target stays where it is.",
    step: 0.05,
  }),
  step: number(50, 0, 1000, {
    label: "Step of the target (η)",
    unit: "of 100",
    help: "How far the target may move; difficulties are scaled to 0 to 100.",
    advanced: true,
  }),
  sensitivity: number(2, 0, 100, {
    label: "Sensitivity (α)",
    help: "The target moves by η · tanh(α · (mean reward − β)).",
    step: 0.5,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    adarft: true;
  }
  interface StrategySettings extends InGroup<"adarft", typeof settings> {}
}

/** The easiest prompts first, as in the paper. */
const FIRST_TARGET = 0;

interface AdaState {
  /** 0 to 100; null before the first step. */
  target: number | null;
}

const scales = new WeakMap<readonly SampleFacts[], Float64Array>();

/** Difficulties of the pool scaled to 0 to 100; NaN where it has none; all 0 where they are equal. */
export function scaledDifficulties(pool: readonly SampleFacts[]): Float64Array {
  const known = scales.get(pool);
  if (known) return known;
  let [low, high] = [Infinity, -Infinity];
  for (const { difficulty } of pool) {
    if (difficulty === null) continue;
    low = Math.min(low, difficulty);
    high = Math.max(high, difficulty);
  }
  const made = Float64Array.from(pool, ({ difficulty }) =>
    difficulty === null ? NaN : high > low ? (100 * (difficulty - low)) / (high - low) : 0,
  );
  scales.set(pool, made);
  return made;
}

/** The target after a step, within 0 to 100. */
export function moved(target: number, reward: number, terms: ResolvedTerms): number {
  const by = terms.step * Math.tanh(terms.sensitivity * (reward - terms.reward));
  return Math.min(100, Math.max(0, target + by));
}
interface ResolvedTerms {
  reward: number;
  step: number;
  sensitivity: number;
}

/** The `count` samples whose difficulty is nearest to the target; equally far ones at random. */
export function nearest(scaled: Float64Array, target: number, count: number, random: Random): number[] {
  const rated: number[] = [];
  scaled.forEach((d, i) => !Number.isNaN(d) && rated.push(i));
  const far = Float64Array.from(rated, (i) => Math.abs(scaled[i] - target)).sort();
  const wanted = Math.min(count, rated.length);
  if (wanted === 0) return [];
  const cut = far[wanted - 1];
  const inside = rated.filter((i) => Math.abs(scaled[i] - target) < cut);
  const edge = rated.filter((i) => Math.abs(scaled[i] - target) === cut);
  return [...random.shuffle(inside), ...random.sample(edge, wanted - inside.length)];
}

export const strategy: PromptStrategy<AdaState> = {
  name: "adarft",
  menu: 205,
  words: {
    label: "AdaRFT",
    help: "Trains the prompts whose own difficulty is nearest to a target that rises where most answers are right and falls where most are wrong. Needs a pool with difficulties.",
    source: "AdaRFT (arXiv 2504.05520); equally near prompts at random, difficulties stretched to 0 to 100",
  },
  trainers: ["grpo"],
  group: "adarft",
  settings,
  begin: () => ({ target: null }),
  learn({ target }, { config, groups }) {
    if (groups.length === 0) return { target };
    const reward = mean(groups.map(({ meanReward }) => meanReward));
    return { target: moved(target ?? FIRST_TARGET, reward, config.adarft) };
  },
  chooses: "prompts",
  draw({ count, pool, random, state }) {
    const target = state.target ?? FIRST_TARGET;
    return { samples: nearest(scaledDifficulties(pool), target, count, random), state: { target } };
  },
  explain: ({ pool, state }, sample) =>
    `difficulty ${scaledDifficulties(pool)[sample].toFixed(0)} of 100, target ${(state.target ?? FIRST_TARGET).toFixed(0)}`,
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ pool, candidates, state }) =>
    candidates.map((i) => -Math.abs(scaledDifficulties(pool)[i] - (state.target ?? FIRST_TARGET))),
  probedBy: null,
};
