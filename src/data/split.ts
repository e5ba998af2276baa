// A train/test split by seed, for files that have no test part.

/**
 * Splits rows in two, each in the order of the file. A row's side depends on the seed, its id and its rank among
 * the others' hashes only, so the split is the same in every browser.
 * @param testShare 0 … 1 of the rows go to the test part, at least one of each where there are two rows.
 */
export function splitSamples<T extends { sampleId: string }>(
  rows: readonly T[],
  { testShare, seed }: { testShare: number; seed: number },
): { train: T[]; test: T[] } {
  const wanted = Math.round(rows.length * testShare);
  const count = testShare <= 0 || rows.length < 2 ? 0 : Math.min(Math.max(wanted, 1), rows.length - 1);
  const order = rows.map((row, index) => ({ index, hash: rankOf(seed, row.sampleId) }));
  order.sort((a, b) => a.hash - b.hash || a.index - b.index);
  const test = new Set(order.slice(0, count).map(({ index }) => index));
  return { train: rows.filter((_, i) => !test.has(i)), test: rows.filter((_, i) => test.has(i)) };
}

/** A number by which rows are drawn: the lowest first. */
export const rankOf = (seed: number, sampleId: string): number => hashText(`${seed}/${sampleId}`);

/** 32-bit FNV-1a over UTF-16 units, then a finaliser so that close ids are far apart. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
