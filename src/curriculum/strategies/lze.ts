// Learning-zone energy: of the prompts rolled out, those with the highest energy are trained. Energy is high where about half of the
// answers are right, the more so where that share changes and where the prompt was hard at first. Prompts that are always solved
// are seldom rolled out.
import type { Random } from "../random";
import { drawFresh, passRate, varies } from "../rolled";
import { number, type InGroup } from "../setting";
import type { LearntGroup, PromptStrategy } from "../strategy";

const settings = {
  share: number(0.4, 0.05, 1, {
    label: "Trained share",
    unit: "of the groups",
    help: "Groups with the highest energy that are trained.",
    step: 0.05,
  }),
  momentum: number(0.3, 0, 10, {
    label: "Weight of change (α)",
    help: "How much a change of the pass rate adds.",
    step: 0.1,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    lze: true;
  }
  interface StrategySettings extends InGroup<"lze", typeof settings> {}
}

/** What is remembered of a prompt. */
export interface Seen {
  /** 1 − its first pass rate, at least 0.05. */
  difficulty: number;
  /** Moving average of its pass rate. */
  average: number;
  /** Times in a row that all of its answers were right, up to now. */
  solved: number;
}

export type LzeState = Record<number, Seen>;

/** Scale of the noise on energies, in spreads of energies: as in the released code. */
const NOISE = 0.05;
/** A prompt whose answers were all right so often in a row is passed over, but for this chance: the lab’s choice. */
const SOLVED = 3;
const RECHECK = 0.1;
const LEAST_DIFFICULTY = 0.05;
const DECAY = 0.9;

const fresh = (rate: number): Seen => ({
  difficulty: Math.max(1 - rate, LEAST_DIFFICULTY),
  average: rate,
  solved: 0,
});

/** First difficulty × 4p(1 − p) × (1 + α · min(1, 2|p − average|)); 0 where rewards do not vary. */
export function energyOf(
  group: Pick<LearntGroup, "variance" | "meanReward">,
  seen: Seen | undefined,
  alpha: number,
): number {
  if (!varies(group)) return 0;
  const p = passRate(group);
  const { difficulty, average } = seen ?? fresh(p);
  return difficulty * 4 * p * (1 - p) * (1 + alpha * Math.min(1, 2 * Math.abs(p - average)));
}

/** What is remembered after a prompt was rolled out. */
export function afterGroup(group: Pick<LearntGroup, "meanReward">, seen: Seen | undefined): Seen {
  const p = passRate(group);
  const before = seen ?? fresh(p);
  return {
    ...before,
    average: DECAY * before.average + (1 - DECAY) * p,
    solved: p >= 1 ? before.solved + 1 : 0,
  };
}

/** Positions of the `share` with the highest energy, noise added; those without energy never. */
export function highestEnergies(
  energies: readonly number[],
  share: number,
  noise: number,
  random: Random,
): number[] {
  const active = energies.flatMap((energy, at) => (energy > 0 ? [at] : []));
  const wanted = Math.min(active.length, Math.max(1, Math.floor(share * energies.length)));
  const most = active.reduce((a, at) => Math.max(a, energies[at]), 0);
  const least = active.reduce((a, at) => Math.min(a, energies[at]), most);
  const scale = noise * Math.max(most - least, 0.01);
  const keys = active.map((at) => {
    const gumbel = -Math.log(-Math.log((random.bits() + 0.5) / 4294967296));
    return { at, key: energies[at] + scale * gumbel };
  });
  return keys
    .sort((a, b) => b.key - a.key || a.at - b.at)
    .slice(0, wanted)
    .map(({ at }) => at);
}

export const strategy: PromptStrategy<LzeState> = {
  name: "lze",
  menu: 230,
  words: {
    label: "LZE",
    help: "Learning-zone energy: rolls out random prompts and trains those that are half right, changing and were hard at first. Solved ones are seldom rolled out.",
    source: "LZE (arXiv 2605.17003); solved = three times in a row is the lab’s choice",
  },
  trainers: ["grpo"],
  group: "lze",
  settings,
  begin: () => ({}),
  learn(state, { groups }) {
    const next = { ...state };
    for (const group of groups) next[group.sample] = afterGroup(group, state[group.sample]);
    return next;
  },
  chooses: "prompts",
  draw({ count, pool, random, state }) {
    // Solved ones are let through by chance; where too few others are drawn, they fill the step.
    const raw = drawFresh(pool.length, 4 * count, new Set(), random);
    const open = raw.filter((sample) => {
      const pass = random.next() < RECHECK;
      return (state[sample]?.solved ?? 0) < SOLVED || pass;
    });
    const through = new Set(open);
    const rest = raw.filter((sample) => !through.has(sample));
    const samples = [...open, ...rest].slice(0, count);
    return { samples, atRandom: samples, state };
  },
  keep: ({ config, groups, random, state }) => ({
    kept: highestEnergies(
      groups.map((group) => energyOf(group, state[group.sample], config.lze.momentum)),
      config.lze.share,
      NOISE,
      random,
    ),
    again: [],
    state,
  }),
  ask: ({ candidates }) => ({ wants: "nothing", read: () => candidates.map(() => null) }),
  rank: ({ candidates }) => candidates.map(() => 0),
  probedBy: null,
};
