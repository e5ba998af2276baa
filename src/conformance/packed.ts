// Turns golden sequences (token ids end to end, with their boundaries) into packed batches for the engine, and
// splits batches that get too long.
import type { HeadRows, PackedBatch } from "../model/engine";

/** Documents laid end to end, none seeing another. */
export function packDocuments(documents: readonly ArrayLike<number>[]): PackedBatch {
  const rows = documents.reduce((sum, d) => sum + d.length, 0);
  const batch: PackedBatch = {
    tokens: new Uint32Array(rows),
    position: new Uint32Array(rows),
    documentStart: new Uint32Array(rows),
    prefixStart: new Uint32Array(rows),
    prefixEnd: new Uint32Array(rows),
    visibleEnd: new Uint32Array(rows),
  };
  let start = 0;
  for (const document of documents) {
    for (let i = 0; i < document.length; i++) {
      const row = start + i;
      batch.tokens[row] = document[i];
      batch.position[row] = i;
      batch.documentStart[row] = start;
      batch.prefixStart[row] = batch.prefixEnd[row] = start;
      batch.visibleEnd[row] = start + document.length;
    }
    start += document.length;
  }
  return batch;
}

/** The sequences that bounds `[0, …, T]` cut out of `[T]` ids. @throws Error when the bounds do not fit. */
export function splitDocuments(ids: ArrayLike<number>, bounds: ArrayLike<number>): Uint32Array[] {
  const all = Uint32Array.from(ids);
  const last = bounds[bounds.length - 1];
  if (bounds[0] !== 0 || last !== all.length)
    throw new Error(`bounds run from ${bounds[0]} to ${last}, but there are ${all.length} tokens`);
  return Array.from({ length: bounds.length - 1 }, (_, i) => {
    if (bounds[i + 1] < bounds[i])
      throw new Error(`bound ${i + 1} (${bounds[i + 1]}) lies before bound ${i} (${bounds[i]})`);
    return all.subarray(bounds[i], bounds[i + 1]);
  });
}

/** A token to be predicted: its place in the packed tokens of all documents. */
export interface Chunk {
  batch: PackedBatch;
  head: HeadRows;
  /** Where each head row's result belongs: index of the predicted token among all tokens. */
  targets: number[];
}

/**
 * Batches of whole documents with at most `maxRows` rows, each with head rows for the wanted tokens. A document's
 * first token has nothing before it and is never predicted.
 * @param wanted whether the token at an index among all tokens is to be predicted.
 */
export function chunks(
  documents: readonly Uint32Array[],
  wanted: (token: number) => boolean,
  maxRows: number,
): Chunk[] {
  const out: Chunk[] = [];
  let group: Uint32Array[] = [];
  let rows = 0;
  let first = 0;
  const flush = () => {
    const batch = packDocuments(group);
    const targets: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (row > batch.documentStart[row] && wanted(first + row)) targets.push(first + row);
    }
    const head = {
      rows: Uint32Array.from(targets, (t) => t - first - 1),
      targets: Uint32Array.from(targets, (t) => batch.tokens[t - first]),
    };
    if (targets.length > 0) out.push({ batch, head, targets });
    first += rows;
    group = [];
    rows = 0;
  };
  for (const document of documents) {
    if (group.length > 0 && rows + document.length > maxRows) flush();
    group.push(document);
    rows += document.length;
  }
  if (group.length > 0) flush();
  return out;
}
