// What strategies share that draw a step's prompts themselves or choose among rolled-out groups: levels of difficulty,
// draws without repeats, and how much a group's rewards vary.
import { indices, type Random } from "./random";
import type { DrawAsk, LearntGroup, Parts, SampleFacts } from "./strategy";

/** Rewards of a group differ: only then does it teach anything. */
export const varies = ({ variance }: Pick<LearntGroup, "variance">): boolean => variance > 1e-12;

/**
 * Variance of a group's rewards over the largest that so many rewards in [0, 1] can have: k(n − k) over ⌊n/2⌋⌈n/2⌉ for k
 * right answers of n; 0 to 1.
 */
export function varianceShare({ variance, rewards }: Pick<LearntGroup, "variance" | "rewards">): number {
  const n = rewards.length;
  const most = (Math.floor(n / 2) * Math.ceil(n / 2)) / (n * n);
  return most > 0 ? Math.min(1, variance / most) : 0;
}

/** Mean reward cut to [0, 1]: the pass rate where rewards are 0 and 1. */
export const passRate = ({ meanReward }: Pick<LearntGroup, "meanReward">): number =>
  Math.min(1, Math.max(0, meanReward));

/** `count` samples of the pool, all different and none of those taken, drawn at random; fewer where there are no more. */
export function drawFresh(
  poolSize: number,
  count: number,
  taken: ReadonlySet<number>,
  random: Random,
): number[] {
  const free = poolSize - taken.size;
  if (free <= 0 || count <= 0) return [];
  // Few of many by trying, which does not touch the whole pool.
  if (count * 4 < free) {
    const drawn = new Set<number>();
    while (drawn.size < count) {
      const sample = random.below(poolSize);
      if (!taken.has(sample)) drawn.add(sample);
    }
    return [...drawn];
  }
  const rest = indices(poolSize).filter((sample) => !taken.has(sample));
  return random.sample(rest, count);
}

/** The prompts of a step at random from the whole pool. */
export function drawUniform<State>({ pool, count, random, state }: DrawAsk<State>): {
  samples: number[];
  atRandom: number[];
  state: State;
} {
  const samples = drawFresh(pool.length, count, new Set(), random);
  return { samples, atRandom: samples, state };
}

/** The next of a list, going round, that is not taken; null where all are. @param from how far it was read */
export function nextFree(
  list: readonly number[],
  from: number,
  taken: ReadonlySet<number>,
): { sample: number; from: number } | null {
  for (let tried = 0; tried < list.length; tried++) {
    const sample = list[(from + tried) % list.length];
    if (!taken.has(sample)) return { sample, from: (from + tried + 1) % list.length };
  }
  return null;
}

const madeLevels = new WeakMap<readonly SampleFacts[], Map<number, Parts>>();

/**
 * The pool by its own difficulty, easiest first: one level for each value where there are `wanted` or fewer, else parts of equal
 * size, where equal difficulties may lie in two levels. Samples without a difficulty are in a last part that is not a level.
 */
export function levelsOf(pool: readonly SampleFacts[], wanted: number): { parts: Parts; levels: number } {
  const known = madeLevels.get(pool) ?? new Map<number, Parts>();
  madeLevels.set(pool, known);
  const parts = known.get(wanted) ?? makeLevels(pool, wanted);
  known.set(wanted, parts);
  return { parts, levels: parts.names.length - 1 };
}

function makeLevels(pool: readonly SampleFacts[], wanted: number): Parts {
  const rated = indices(pool.length).filter((i) => pool[i].difficulty !== null);
  rated.sort((a, b) => pool[a].difficulty! - pool[b].difficulty! || a - b);
  const values = [...new Set(rated.map((i) => pool[i].difficulty!))];
  const levels = Math.min(wanted, values.length);
  const placeOf = new Map(values.map((value, place) => [value, place]));
  const levelOf = (i: number, rank: number): number =>
    values.length <= wanted
      ? placeOf.get(pool[i].difficulty!)!
      : Math.min(levels - 1, Math.floor((rank * levels) / rated.length));
  const of = pool.map(() => levels);
  rated.forEach((i, rank) => (of[i] = levelOf(i, rank)));
  const names = [...indices(levels).map((k) => `level ${k + 1} of ${levels}`), "without a difficulty"];
  return { names, of };
}

/**
 * `count` prompts, each from a part drawn with the given weights and then the next of that part's own order; a part that has no
 * more left out of this step's draws.
 *
 * @param members samples of each part, in its order; @param drawn how far each order was read
 */
export function drawByWeight(
  members: readonly (readonly number[])[],
  drawn: readonly number[],
  weights: readonly number[],
  count: number,
  random: Random,
  taken = new Set<number>(),
): { samples: number[]; drawn: number[] } {
  const at = members.map((_, part) => drawn[part] ?? 0);
  const left = members.map((own, part) => (own.length > 0 ? Math.max(0, weights[part] ?? 0) : 0));
  const samples: number[] = [];
  while (samples.length < count && left.some((w) => w > 0)) {
    const part = random.weighted(left);
    const next = nextFree(members[part], at[part], taken);
    if (next === null) {
      left[part] = 0;
      continue;
    }
    at[part] = next.from;
    taken.add(next.sample);
    samples.push(next.sample);
  }
  return { samples, drawn: at };
}
