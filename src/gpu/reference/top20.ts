// The 20 largest logits of a row, found by sorting.

/** The 20 largest values, descending, −1e30 where there are fewer. */
export function top20Reference(logits: ArrayLike<number>): number[] {
  const kept = Array.from(logits)
    .sort((a, b) => b - a)
    .slice(0, 20);
  return [...kept, ...new Array<number>(20 - kept.length).fill(-1e30)];
}
