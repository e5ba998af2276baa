// Neighbourhoods: the pool in about √N groups of texts that read alike, found once before the first step from the
// prompts alone. Spherical k-means on a sample of the pool; then every text joins the nearest centre.
//
// source    spherical k-means: Dhillon & Modha 2001; seeding: k-means++, Arthur & Vassilvitskii 2007
import { indices, Random } from "../random";
import { numberOrNull } from "../setting";
import type { Parts } from "../strategy";
import { BUCKETS, sparseRows, toUnit, type SparseRows } from "./grams";
import { namesOf } from "./names";

/** Texts that centres are made of; more of them would not move the centres. */
const SAMPLE = 4096;
const PASSES = 10;
const MOST = 128;

/** How many groups a pool of N texts is parted in: √N, at most 128, at least 1. */
export const partsOf = (texts: number): number => Math.max(1, Math.min(MOST, Math.round(Math.sqrt(texts))));

/** The setting of every strategy that parts its pool. */
export const PARTS = numberOrNull(null, 1, 1000, {
  label: "Neighbourhoods",
  unit: "groups",
  help: "Groups of prompts that read alike. null = the square root of the pool, at most 128.",
  step: 1,
  advanced: true,
});

/** What that setting stands for in `neighbourhoods`. */
export const wantedParts = (setting: number | null): number | undefined =>
  setting === null ? undefined : Math.round(setting);

/**
 * Parts texts by their words. The same texts and seed give the same parts.
 *
 * @param wanted number of groups; groups that would be empty are left out
 */
export function neighbourhoods(
  count: number,
  textOf: (i: number) => string,
  seed: number,
  wanted = partsOf(count),
): Parts {
  const rows = sparseRows(count, textOf);
  const random = new Random(seed, "neighbourhoods");
  const sample = random.sample(indices(count), SAMPLE);
  const centres = seeded(rows, sample, Math.min(wanted, count), random);
  for (let pass = 0; pass < PASSES; pass++) if (!moved(rows, sample, centres)) break;
  const near = nearestOf(rows, centres);
  const nearest = indices(count).map(near);
  // Numbered by size, the largest first.
  const sizes = new Map<number, number>();
  for (const centre of nearest) sizes.set(centre, (sizes.get(centre) ?? 0) + 1);
  const order = [...sizes].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([centre]) => centre);
  const numberOf = new Map(order.map((centre, part) => [centre, part]));
  const of = nearest.map((centre) => numberOf.get(centre)!);
  return { of, names: namesOf(of, order.length, textOf) };
}

/** Similarity in [0, 1] of a row to a dense centre; a row without words is like nothing. */
function similarity({ start, bucket, weight }: SparseRows, row: number, centre: Float32Array): number {
  let sum = 0;
  for (let e = start[row]; e < start[row + 1]; e++) sum += weight[e] * centre[bucket[e]];
  return sum;
}

/** The centre that a row is most like, the first of equals; centres lie side by side, so that a word is looked up once. */
function nearestOf(
  { start, bucket, weight }: SparseRows,
  centres: readonly Float32Array[],
): (row: number) => number {
  const k = centres.length;
  const table = new Float32Array(BUCKETS * k);
  centres.forEach((centre, c) => centre.forEach((x, b) => (table[b * k + c] = x)));
  const like = new Float64Array(k);
  return (row) => {
    like.fill(0);
    for (let e = start[row]; e < start[row + 1]; e++) {
      const from = bucket[e] * k;
      const w = weight[e];
      for (let c = 0; c < k; c++) like[c] += w * table[from + c];
    }
    let best = 0;
    for (let c = 1; c < k; c++) if (like[c] > like[best]) best = c;
    return best;
  };
}

function dense({ start, bucket, weight }: SparseRows, row: number): Float32Array {
  const out = new Float32Array(BUCKETS);
  for (let e = start[row]; e < start[row + 1]; e++) out[bucket[e]] += weight[e];
  return out;
}

/** Centres to start from: each a row drawn at random, the likelier the less it is like those before it. */
function seeded(rows: SparseRows, sample: readonly number[], wanted: number, random: Random): Float32Array[] {
  const centres = [dense(rows, sample[0])];
  const far = sample.map((row) => 1 - similarity(rows, row, centres[0]));
  while (centres.length < wanted) {
    let left = random.next() * far.reduce((sum, x) => sum + Math.max(0, x), 0);
    let at = far.findIndex((x) => (left -= Math.max(0, x)) < 0);
    if (at < 0) at = random.below(sample.length);
    const centre = dense(rows, sample[at]);
    centres.push(centre);
    sample.forEach((row, i) => (far[i] = Math.min(far[i], 1 - similarity(rows, row, centre))));
  }
  return centres;
}

/** One pass of k-means: centres become the mean direction of their rows. @returns whether any did */
function moved(rows: SparseRows, sample: readonly number[], centres: Float32Array[]): boolean {
  const sums = centres.map(() => new Float32Array(BUCKETS));
  const { start, bucket, weight } = rows;
  const near = nearestOf(rows, centres);
  for (const row of sample) {
    const sum = sums[near(row)];
    for (let e = start[row]; e < start[row + 1]; e++) sum[bucket[e]] += weight[e];
  }
  let any = false;
  sums.forEach((sum, c) => {
    if (sum.every((x) => x === 0)) return; // nobody's nearest: it stays where it is
    toUnit(sum);
    any ||= sum.some((x, i) => x !== centres[c][i]);
    centres[c] = sum;
  });
  return any;
}
