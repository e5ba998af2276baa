// Sort orders of the pool: the rows of the heatmap and the ranks of a round. Pure, and cached by the array they
// come from. Each key is packed into one number, so that the engine's numeric sort can be used: 1 ms for 10,000
// samples.
import type { RunView } from "./view";

/** Pools have at most 200,000 rows, so an index or a rank fits 18 bits. */
const BITS = 2 ** 18;
const LAST = BITS - 1;

const ranks = new WeakMap<Float32Array, Uint32Array>();

/** Unsigned integers in the order of the floats: highest first. */
function descending(scores: Float32Array): Uint32Array {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  return bits.map((b) => (b & 0x80000000 ? b : ~b & 0x7fffffff));
}

/** Rank of each sample by score, 1 = highest, ties by place in the pool; 0 = not scored. u32[samples]. */
export function ranksOf(scores: Float32Array): Uint32Array {
  const known = ranks.get(scores);
  if (known) return known;
  const order = descending(scores);
  const keys = new Float64Array(scores.length);
  let scored = 0;
  for (let i = 0; i < scores.length; i++) if (!Number.isNaN(scores[i])) keys[scored++] = order[i] * BITS + i;
  const sorted = keys.subarray(0, scored).sort();
  const rank = new Uint32Array(scores.length);
  for (let place = 0; place < scored; place++) rank[sorted[place] % BITS] = place + 1;
  ranks.set(scores, rank);
  return rank;
}

/** How the rows of the pool are ordered. */
export type Sort = "first-pick" | "difficulty" | "order";

/** Row → sample. u32[samples]. */
export function rowOrder(view: RunView, sort: Sort): Uint32Array {
  const size = view.samples.length;
  const order = new Uint32Array(size);
  if (sort === "order") return order.map((_, i) => i);
  const keys = new Float64Array(size);
  if (sort === "difficulty") {
    // Thousandths, hardest first; without a difficulty last.
    for (let i = 0; i < size; i++) {
      const difficulty = view.samples[i].difficulty;
      const hard =
        difficulty === undefined
          ? 0
          : Math.max(1, Math.min(2 ** 30, Math.round(difficulty * 1000) + 2 ** 20));
      keys[i] = (2 ** 30 - hard) * BITS + i;
    }
  } else {
    const minor = new Uint32Array(size);
    const newest = view.rounds.findLast((round) => round.scores)?.scores ?? null;
    const newestRank = newest ? ranksOf(newest) : null;
    for (let i = 0; i < size; i++) minor[i] = newestRank ? newestRank[i] || LAST : i;
    for (const round of view.rounds)
      for (const pick of round.picks ?? [])
        if (view.firstPick[pick.sample] === round.round) minor[pick.sample] = pick.rank;
    for (let i = 0; i < size; i++) {
      const first = Math.min(view.firstPick[i] || 4095, 4095);
      keys[i] = (first * BITS + Math.min(minor[i], LAST)) * BITS + i;
    }
  }
  keys.sort();
  for (let row = 0; row < size; row++) order[row] = keys[row] % BITS;
  return order;
}

/** Sample → row. */
export function rowsOf(order: Uint32Array): Uint32Array {
  const rows = new Uint32Array(order.length);
  for (let row = 0; row < order.length; row++) rows[order[row]] = row;
  return rows;
}
