// Orders of the pool: rows of the heatmap, ranks of a round. Pure, and cached by the array they come from.
import type { RunView } from "./view";

const ranks = new WeakMap<Float32Array, Uint32Array>();

/** Rank of each sample by score, 1 = highest, ties by place in the pool; 0 = not scored. u32[samples]. */
export function ranksOf(scores: Float32Array): Uint32Array {
  const known = ranks.get(scores);
  if (known) return known;
  const scored = Uint32Array.from(
    Array.from(scores.keys()).filter((sample) => !Number.isNaN(scores[sample])),
  ).sort((a, b) => scores[b] - scores[a] || a - b);
  const rank = new Uint32Array(scores.length);
  scored.forEach((sample, place) => (rank[sample] = place + 1));
  ranks.set(scores, rank);
  return rank;
}

/** Row → sample. u32[samples]. */
export function rowOrder(view: RunView, sort: "first-pick" | "difficulty" | "order"): Uint32Array {
  const size = view.samples.length;
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  if (sort === "order") return order;
  const major = new Float64Array(size);
  const minor = new Float64Array(size);
  if (sort === "difficulty") {
    for (let i = 0; i < size; i++) major[i] = -(view.samples[i].difficulty ?? -Infinity);
  } else {
    const newest = view.rounds.findLast((round) => round.scores)?.scores ?? null;
    const newestRank = newest ? ranksOf(newest) : null;
    for (let i = 0; i < size; i++) {
      major[i] = view.firstPick[i] || Infinity;
      minor[i] = newestRank ? newestRank[i] || Infinity : i;
    }
    for (const round of view.rounds)
      for (const pick of round.picks ?? [])
        if (view.firstPick[pick.sample] === round.round) minor[pick.sample] = pick.rank;
  }
  const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
  return order.sort((a, b) => compare(major[a], major[b]) || compare(minor[a], minor[b]) || a - b);
}

/** Sample → row. */
export function rowsOf(order: Uint32Array): Uint32Array {
  const rows = new Uint32Array(order.length);
  order.forEach((sample, row) => (rows[sample] = row));
  return rows;
}
