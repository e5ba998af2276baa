// UCB: the pool is split into a few parts (arms), and each round studies one. A bandit decides which: the arm with
// the highest mean reward so far plus a bonus that is large for arms that were tried seldom (UCB1).
import { indices, type Random } from "../random";
import { selectRandom } from "../select";
import { choice, number, whole, type InGroup } from "../setting";
import type { RoundStrategy, SampleFacts } from "../strategy";

const settings = {
  arms: whole(3, 2, 64, {
    label: "Arms",
    unit: "parts of the pool",
    help: "How many parts the pool is split into; 3 in the code EDCO's authors published.",
  }),
  split: choice("question-length", ["question-length", "answer-length", "difficulty", "position"], {
    label: "Split by",
    help: "The pool is sorted by this, low to high, and cut into equal parts, the arms. The paper does not say; this is the lab's choice.",
  }),
  width: number(2, 0, 100, {
    label: "Confidence width",
    help: "The c in the bonus √(c ln N / n) after N rounds, n of them with the arm: higher tries rare arms more often; 2 in the code EDCO's authors published.",
    step: 0.5,
    advanced: true,
  }),
};

declare module "../strategy" {
  interface StrategyNames {
    ucb: true;
  }
  interface StrategySettings extends InGroup<"ucb", typeof settings> {}
}

interface Arm {
  /** Rounds it was studied in, and the mean of their mean rewards. */
  rounds: number;
  value: number;
  /** Its samples that have not come yet. */
  queue: number[];
}

interface BanditState {
  arms: Arm[];
  /** Of this round: its arm, and the rewards of the groups trained so far. */
  current: number | null;
  groups: number;
  rewards: number;
}

/** Every sample's place in the order that parts the pool; null = it is in no arm. */
const KEYS: Record<
  (typeof settings)["split"]["fallback"],
  (facts: SampleFacts, at: number) => number | null
> = {
  "question-length": ({ promptTokens }) => promptTokens,
  "answer-length": ({ answerTokens }) => answerTokens,
  difficulty: ({ difficulty }) => difficulty,
  position: (_facts, at) => at,
};

/** Equal parts of the ordered pool; equal keys stay in the order of the pool. */
export function parts(keys: readonly (number | null)[], count: number): number[][] {
  const ordered = indices(keys.length)
    .filter((i) => keys[i] !== null)
    .sort((a, b) => keys[a]! - keys[b]!);
  const cut = (k: number) => Math.round((k * ordered.length) / count);
  return indices(count).map((k) => ordered.slice(cut(k), cut(k + 1)));
}

/** Value and bonus; an arm that was never tried comes before all others. */
export function bound(
  { rounds, value }: Pick<Arm, "rounds" | "value">,
  total: number,
  width: number,
): number {
  return rounds === 0 ? Infinity : value + Math.sqrt((width * Math.log(total)) / rounds);
}

/** The arms after the round that is over. */
function credited({ arms, current, groups, rewards }: BanditState): Arm[] {
  if (groups === 0) return arms;
  return arms.map((arm, k) => {
    if (k !== current) return arm;
    const rounds = arm.rounds + 1;
    return { ...arm, rounds, value: arm.value + (rewards / groups - arm.value) / rounds };
  });
}

/** The arm's waiting samples, refilled with a shuffle of it where they are fewer than wanted. */
function refilled(
  queue: readonly number[],
  part: readonly number[],
  wanted: number,
  random: Random,
): number[] {
  if (queue.length >= wanted) return [...queue];
  const waiting = new Set(queue);
  return [...queue, ...random.shuffle(part).filter((sample) => !waiting.has(sample))];
}

export const strategy: RoundStrategy<BanditState> = {
  name: "ucb",
  menu: 90,
  words: {
    label: "UCB bandit",
    help: "The pool is split into a few parts (arms). Each round studies the arm with the highest mean reward so far plus a bonus for having been tried seldom.",
    source: "bandit baseline in the released code of EDCO: value + √(2 ln N / n), each arm once first",
    why: { random: "drawn at random from this round's arm" },
  },
  trainers: ["grpo"],
  group: "ucb",
  settings,
  begin: () => ({ arms: [], current: null, groups: 0, rewards: 0 }),
  learn: (state, { groups }) => ({
    ...state,
    groups: state.groups + groups.length,
    rewards: groups.reduce((sum, { meanReward }) => sum + meanReward, state.rewards),
  }),
  chooses: "rounds",
  signal: null,
  nothing: "no sample has a difficulty, by which its arms are parted",
  pick({ config, round, count, facts, history, random, state }) {
    const { arms: wanted, split, width } = config.ucb;
    const pool = parts(facts.map(KEYS[split]), wanted);
    const arms =
      state.arms.length > 0 ? credited(state) : pool.map((): Arm => ({ rounds: 0, value: 0, queue: [] }));
    const total = arms.reduce((sum, arm) => sum + arm.rounds, 0);
    const bounds = arms.map((arm, k) => (pool[k].length === 0 ? -Infinity : bound(arm, total, width)));
    const current = bounds.indexOf(Math.max(...bounds));
    const size = Math.min(count, pool[current].length);
    const queue = refilled(arms[current].queue, pool[current], size, random);
    const drawn = selectRandom(facts.length, size, queue, history, random);
    const { rounds, value } = arms[current];
    const known =
      rounds === 0
        ? "tried for the first time"
        : `mean reward ${value.toFixed(3)} in ${rounds} of ${total} rounds, bound ${bounds[current].toFixed(3)}`;
    return {
      selection: drawn.selection,
      state: {
        arms: arms.map((arm, k) => (k === current ? { ...arm, queue: drawn.queue } : arm)),
        current,
        groups: 0,
        rewards: 0,
      },
      note: `Round ${round}: arm ${current + 1} of ${arms.length} by ${split}, ${known}.`,
    };
  },
};
