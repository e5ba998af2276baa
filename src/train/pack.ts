// Packs token lists into batches for the engine: rows laid end to end, shared prefixes computed once, and the
// output head only at the rows where it is needed.
import { LabError } from "../lib/errors";
import type { HeadRows, PackedBatch } from "../model/engine";

/** Tokens behind a shared (maybe empty) prefix; those from `targetFrom` on are predicted. */
export interface Child {
  tokens: ArrayLike<number>;
  /** Index into `tokens` of the first predicted one; = length for none. */
  targetFrom: number;
}

/** A prefix and the documents that continue it. */
export interface Group {
  /** Token ids; empty = the children are ordinary documents. */
  prefix: ArrayLike<number>;
  children: readonly Child[];
}

export interface Packed {
  batch: PackedBatch;
  head: HeadRows;
  /** Head rows [start, end) of each child, in the order given. */
  spans: readonly (readonly [number, number])[];
}

/**
 * Rows that a child is fed: its last token predicts nothing, so it is left out where it is a target.
 * A target that is the child's first token is predicted from the last row of the prefix.
 */
export function childRows(child: Child): number {
  return child.targetFrom < child.tokens.length ? child.tokens.length - 1 : child.tokens.length;
}

/** Rows of a group: the prefix once, then every child. */
export function groupRows(group: Group): number {
  return group.prefix.length + group.children.reduce((sum, child) => sum + childRows(child), 0);
}

/**
 * Lays groups end to end.
 *
 * @throws LabError "internal" when a target has nothing before it (empty prefix, first token)
 */
export function pack(groups: readonly Group[]): Packed {
  const rows = groups.reduce((sum, group) => sum + groupRows(group), 0);
  const column = () => new Uint32Array(rows);
  const batch: PackedBatch = {
    tokens: column(),
    position: column(),
    documentStart: column(),
    prefixStart: column(),
    prefixEnd: column(),
    visibleEnd: column(),
  };
  const headRows: number[] = [];
  const targets: number[] = [];
  const spans: [number, number][] = [];
  let at = 0;

  const put = (
    tokens: ArrayLike<number>,
    count: number,
    firstPosition: number,
    prefix: readonly [number, number],
    visibleEnd: number,
  ) => {
    const start = at;
    for (let i = 0; i < count; i++, at++) {
      batch.tokens[at] = tokens[i];
      batch.position[at] = firstPosition + i;
      batch.documentStart[at] = start;
      batch.prefixStart[at] = prefix[0];
      batch.prefixEnd[at] = prefix[1];
      batch.visibleEnd[at] = visibleEnd;
    }
  };

  for (const group of groups) {
    const prefixAt = at;
    const length = group.prefix.length;
    put(group.prefix, length, 0, [prefixAt, prefixAt], prefixAt + groupRows(group));
    const prefix = [prefixAt, prefixAt + length] as const;
    for (const child of group.children) {
      const start = at;
      const count = childRows(child);
      put(child.tokens, count, length, length > 0 ? prefix : [start, start], start + count);
      const from = headRows.length;
      for (let t = child.targetFrom; t < child.tokens.length; t++) {
        const row = t > 0 ? start + t - 1 : prefixAt + length - 1;
        if (t === 0 && length === 0) throw new LabError("internal", "A target token has nothing before it.");
        headRows.push(row);
        targets.push(child.tokens[t]);
      }
      spans.push([from, headRows.length]);
    }
  }
  return { batch, head: { rows: Uint32Array.from(headRows), targets: Uint32Array.from(targets) }, spans };
}

/** Prompt and answer as one document whose answer is predicted. */
export function asDocument(prompt: readonly number[], answer: readonly number[]): Group {
  return { prefix: [], children: [{ tokens: [...prompt, ...answer], targetFrom: prompt.length }] };
}

/** Consecutive groups whose rows fit in `maxRows`; the split depends on the groups alone. */
export function cutToRows<T>(items: readonly T[], rowsOf: (item: T) => number, maxRows: number): T[][] {
  const out: T[][] = [];
  let rows = Infinity;
  for (const item of items) {
    const needed = rowsOf(item);
    if (needed > maxRows) {
      throw new LabError(
        "data",
        `A sample of ${needed} tokens is longer than the ${maxRows} the engine takes at once.`,
        "Leave out the longest samples.",
        { tokens: needed, limit: maxRows },
      );
    }
    if (rows + needed > maxRows) {
      out.push([]);
      rows = 0;
    }
    out[out.length - 1].push(item);
    rows += needed;
  }
  return out;
}

/** Splits a list into runs of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
  return out;
}
