// Selects the picks of a round from the scores: the highest N with their options, the reason for each pick, and the
// rows just below the threshold.
import type { CurriculumConfig } from "../config/schema";
import type { Pick, RunEventOf } from "../lib/events";
import { indices, type Random } from "./random";
import { mean } from "./stats";

export interface SelectOptions {
  /** Share of the scored pool left out at the top. */
  skipTopShare: number;
  /** Only scores inside may be picked. */
  window: readonly [number, number] | null;
  /** Prefer samples never picked before. */
  excludeSeen: boolean;
  /** Share of the picks drawn at random from the rest of the pool. */
  exploration: number;
  /** Draw without replacement with probability ∝ exp(score / T) instead of taking the top. */
  softmaxTemperature: number | null;
  order: "descending" | "shuffled";
}

/** What happened in the rounds before. */
export interface History {
  /** Picked samples, a list a round. */
  picks: readonly (readonly number[])[];
  /** Scores of the round before. */
  scores: readonly (number | null)[] | null;
}

/** What the log says of a selection; the picks in the order in which they are trained where that is not shuffled. */
export type Selection = Omit<RunEventOf<"round.selected">, "type" | "round" | "atMs">;

const MISSED_SHOWN = 5;

/** N of a round: as set, or the pool divided by the rounds. */
export function picksPerRound(config: CurriculumConfig, poolSize: number): number {
  return Math.min(poolSize, config.perRound ?? Math.ceil(poolSize / config.rounds));
}

/** Samples with a score, highest first; equal scores in the order of a seeded draw. */
export function rankScores(scores: readonly (number | null)[], random: Random): number[] {
  const draw = random.shuffle(indices(scores.length));
  return indices(scores.length)
    .filter((i) => scores[i] !== null && !Number.isNaN(scores[i]))
    .sort((a, b) => scores[b]! - scores[a]! || draw[a]! - draw[b]!);
}

/** The `count` picks of a round; fewer only where the pool has fewer that may be picked. */
export function selectTop(
  scores: readonly (number | null)[],
  count: number,
  options: SelectOptions,
  history: History,
  random: Random,
): Selection {
  const ranked = rankScores(scores, random);
  const rankOf = new Map(ranked.map((sample, i) => [sample, i + 1]));
  const seen = new Set(history.picks.flat());
  const skipped = Math.floor(options.skipTopShare * ranked.length);
  const inside = ranked.slice(skipped).filter((i) => {
    return options.window === null || (scores[i]! >= options.window[0] && scores[i]! <= options.window[1]);
  });
  // Unseen samples first; seen ones fill the rest, so that late rounds still have enough samples.
  const eligible = options.excludeSeen ? stablePartition(inside, (i) => !seen.has(i)) : inside;

  const explored = Math.min(Math.round(options.exploration * count), count);
  const wanted = count - explored;
  const chosen =
    options.softmaxTemperature === null
      ? eligible.slice(0, wanted)
      : softmaxDraw(eligible, scores, wanted, options.softmaxTemperature, random);
  const taken = new Set(chosen);
  const rest = indices(scores.length).filter((i) => !taken.has(i));
  const fresh = options.excludeSeen ? rest.filter((i) => !seen.has(i)) : rest;
  const extra = random.sample(fresh.length >= explored ? fresh : rest, explored);

  const reason = options.window !== null || skipped > 0 ? "window" : "top-score";
  const picks = [
    ...chosen.map((i) => describe(i, reason, rankOf, scores, history)),
    ...extra.map((i) => describe(i, "exploration", rankOf, scores, history)),
  ];
  return finish(picks, scores, ranked, chosen, history);
}

/** `count` samples drawn from a queue that is refilled with a shuffle of the pool: no repeats before all were used. */
export function selectRandom(
  poolSize: number,
  count: number,
  queue: readonly number[],
  history: History,
  random: Random,
): { selection: Selection; queue: number[] } {
  const wanted = Math.min(count, poolSize);
  let order = [...queue];
  if (order.length < wanted) {
    const waiting = new Set(order);
    const more = random.shuffle(indices(poolSize));
    order = waiting.size === 0 ? more : [...order, ...more.filter((i) => !waiting.has(i))];
  }
  const none = new Array<null>(poolSize).fill(null);
  const picks = order.slice(0, wanted).map((sample, i) => ({
    ...describe(sample, "random", new Map(), none, history),
    rank: i + 1,
  }));
  return { selection: finish(picks, none, [], [], history), queue: order.slice(wanted) };
}

/**
 * A window of `count` samples that moves through a sorted pool, one step per round: with
 * count = pool / rounds these are the k-th parts of the order.
 *
 * @param keys sort key a sample, low first; ties by a seeded draw
 */
export function selectSweep(
  keys: readonly (number | null)[],
  count: number,
  round: number,
  rounds: number,
  history: History,
  random: Random,
): Selection {
  const ascending = rankScores(keys, random).reverse();
  const wanted = Math.min(count, ascending.length);
  // Rounds beyond those planned stay at the end of the way.
  const at = Math.min(round, rounds) - 1;
  const start = rounds > 1 ? Math.round((at * (ascending.length - wanted)) / (rounds - 1)) : 0;
  const chosen = ascending.slice(start, start + wanted);
  const rankOf = new Map(ascending.map((sample, i) => [sample, i + 1]));
  const picks = chosen.map((i) => describe(i, "order", rankOf, keys, history));
  return { ...finish(picks, keys, [], [], history), threshold: null, missed: [] };
}

function describe(
  sample: number,
  reason: Pick["reason"],
  rankOf: Map<number, number>,
  scores: readonly (number | null)[],
  history: History,
): Pick {
  return {
    sample,
    rank: rankOf.get(sample) ?? 0,
    score: scores[sample] ?? null,
    pickedBefore: history.picks.flatMap((round, i) => (round.includes(sample) ? [i + 1] : [])),
    previousScore: history.scores?.[sample] ?? null,
    reason,
  };
}

function finish(
  picks: Pick[],
  scores: readonly (number | null)[],
  ranked: readonly number[],
  chosen: readonly number[],
  history: History,
): Selection {
  const known = scores.filter((score): score is number => score !== null && !Number.isNaN(score));
  const before = new Set(history.picks[history.picks.length - 1] ?? []);
  const taken = new Set(picks.map((pick) => pick.sample));
  return {
    picks,
    threshold: chosen.length > 0 ? chosen.reduce((least, i) => Math.min(least, scores[i]!), Infinity) : null,
    missed: ranked
      .filter((i) => !taken.has(i))
      .slice(0, MISSED_SHOWN)
      .map((sample) => ({ sample, score: scores[sample]! })),
    new: picks.filter((pick) => pick.pickedBefore.length === 0).length,
    overlap: picks.filter((pick) => before.has(pick.sample)).length,
    meanScore: known.length > 0 ? mean(known) : null,
    scored: known.length,
  };
}

function stablePartition(items: readonly number[], first: (item: number) => boolean): number[] {
  return [...items.filter(first), ...items.filter((item) => !first(item))];
}

/** Gumbel top-k: sampling without replacement with weights exp(score / T). */
function softmaxDraw(
  eligible: readonly number[],
  scores: readonly (number | null)[],
  count: number,
  temperature: number,
  random: Random,
): number[] {
  const keyed = eligible.map((i) => {
    const u = (random.bits() + 0.5) / 4294967296;
    return { i, key: scores[i]! / temperature - Math.log(-Math.log(u)) };
  });
  const drawn = keyed.sort((a, b) => b.key - a.key).slice(0, count);
  return drawn.map(({ i }) => i).sort((a, b) => scores[b]! - scores[a]!);
}

/**
 * The next `size` samples of a round: a queue that is refilled with the picks, shuffled anew or in order.
 * A batch may hold a sample twice at the point where the queue is refilled, as in the reference runs.
 */
export function nextBatch(
  queue: readonly number[],
  picks: readonly number[],
  size: number,
  order: "descending" | "shuffled",
  random: Random,
): { batch: number[]; queue: number[] } {
  let waiting = [...queue];
  while (waiting.length < size && picks.length > 0) {
    waiting = [...waiting, ...(order === "shuffled" ? random.shuffle(picks) : picks)];
  }
  return { batch: waiting.slice(0, size), queue: waiting.slice(size) };
}
