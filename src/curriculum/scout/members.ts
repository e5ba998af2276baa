// The rows of each neighbourhood in an order of their own, and which rows of the pool were trained before.
import { Random } from "../random";
import type { Parts } from "../strategy";

/** One bit a row of the pool, 32 a number. Plain data: part of every checkpoint. */
export type SeenRows = number[];

export const isSeen = (seen: SeenRows, row: number): boolean =>
  ((seen[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;

/** Notes a row in place. */
export function markSeen(seen: SeenRows, row: number): void {
  while (seen.length <= row >>> 5) seen.push(0);
  seen[row >>> 5] |= 1 << (row & 31);
}

const made = new WeakMap<Parts, { seed: number; members: number[][] }>();

/** Rows of each neighbourhood, shuffled once for a run: the same for the same parts and seed. */
export function membersOf(parts: Parts, seed: number): readonly number[][] {
  const known = made.get(parts);
  if (known?.seed === seed) return known.members;
  const lists = parts.names.map((): number[] => []);
  parts.of.forEach((part, row) => lists[part].push(row));
  const members = lists.map((rows, part) => new Random(seed, `neighbourhood ${part}`).shuffle(rows));
  made.set(parts, { seed, members });
  return members;
}

/**
 * The next row of a neighbourhood: unseen ones first, each once; then all of them again and again.
 *
 * @param drawn how far its order was read, whole passes included
 */
export function nextRow(
  members: readonly number[],
  drawn: number,
  taken: (row: number) => boolean,
): { row: number; drawn: number } {
  let at = drawn;
  while (at < members.length && taken(members[at])) at++;
  return { row: members[at % members.length], drawn: at + 1 };
}
