// Parts of a dataset by seed: the rows to study and any number of named test sets, with the same share of each value of a
// column where that is wished. Answers of one conversation stay on one side.
import { group as groupBy } from "d3-array";
import { rankOf } from "../split";

export interface TestSet {
  name: string;
  /** 0 … 1 of all rows. */
  share: number;
}

export interface SplitChoice {
  seed: number;
  /** Each value of this column has the same share in every part; null = rows are drawn as they come. */
  by: string | null;
  tests: readonly TestSet[];
  /** Rows that ask the same, in the same words, stay together: none is studied that a test asks. */
  together?: boolean;
}

/** A row to be put somewhere. */
export interface Placed {
  sampleId: string;
  /** Rows of one group stay together: the row of the file that they are from. */
  group: number;
  /** The value it is stratified by; "" where it has none. */
  stratum: string;
}

/** The name of the part that is studied. */
export const TRAIN = "train";

/**
 * The part of each row: TRAIN or the name of a test set. It depends on the seed and on how the rows' ids rank among each
 * other, so it is the same in every browser. With one test set and no strata it is the part that `splitSamples` gives.
 */
export function partsOf(rows: readonly Placed[], { seed, tests }: SplitChoice): string[] {
  const groups = new Map<number, { id: string; stratum: string; part: string }>();
  for (const { sampleId, group, stratum } of rows)
    if (!groups.has(group)) groups.set(group, { id: sampleId, stratum, part: TRAIN });
  const all = [...groups.values()];
  const strata = groupBy(all, ({ stratum }) => stratum);
  // Those of each stratum in the order in which they are drawn.
  const drawn = [...strata.values()].map((members) => inDrawnOrder(members, seed));
  let room = all.length;
  for (const { name, share } of tests) {
    const wanted = wantedRows(all.length, share, room);
    room -= wanted;
    const counts = apportioned(
      drawn.map(({ length }) => length),
      wanted,
      [...strata.values()].map(({ length }) => length),
    );
    for (const [index, count] of counts.entries())
      for (const member of drawn[index].splice(0, count)) member.part = name;
  }
  return rows.map(({ group }) => groups.get(group)!.part);
}

/** At least one row in each test set, and one to study, as far as there are any. */
function wantedRows(rows: number, share: number, room: number): number {
  if (share <= 0 || room < 2) return 0;
  return Math.min(Math.max(Math.round(rows * share), 1), room - 1);
}

function inDrawnOrder<T extends { id: string }>(members: readonly T[], seed: number): T[] {
  return members
    .map((member, index) => ({ member, index, rank: rankOf(seed, member.id) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ member }) => member);
}

/**
 * Shares `wanted` rows out among strata in proportion to their sizes, by largest remainders; none gives more than it has left.
 * @param left rows of each that are not in a part yet
 * @param sizes of each, whole
 */
export function apportioned(left: readonly number[], wanted: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (total === 0 ? 0 : (wanted * size) / total));
  const counts = exact.map((count, i) => Math.min(Math.floor(count), left[i]));
  const byRemainder = exact
    .map((count, i) => ({ i, rest: count - Math.floor(count) }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  let missing = wanted - counts.reduce((sum, count) => sum + count, 0);
  while (missing > 0) {
    const before = missing;
    for (const { i } of byRemainder)
      if (missing > 0 && counts[i] < left[i]) {
        counts[i]++;
        missing--;
      }
    if (missing === before) break;
  }
  return counts;
}
