// Packed rows for kernel tests: groups of a shared prefix and its children, laid end to end.
import { emptyRows, type RowLists } from "../rows";

/** `prefix` rows (0: none) followed by children of these lengths; without a prefix a child is a plain document. */
export interface PackedGroup {
  prefix: number;
  children: readonly number[];
}

/** Rows of a training batch: key row = token row. Tokens are 0. */
export function packedRows(groups: readonly PackedGroup[]): RowLists {
  const rows = emptyRows();
  const document = (
    length: number,
    firstPosition: number,
    prefix: readonly [number, number],
    seenBeyond: number,
  ) => {
    const start = rows.kv.length;
    for (let i = 0; i < length; i++) {
      rows.token.push(0);
      rows.position.push(firstPosition + i);
      rows.kv.push(start + i);
      rows.ownStart.push(start);
      rows.ownEnd.push(start + i + 1);
      rows.prefixStart.push(prefix[0]);
      rows.prefixEnd.push(prefix[1]);
      rows.visibleEnd.push(start + length + seenBeyond);
    }
  };
  for (const { prefix, children } of groups) {
    const start = rows.kv.length;
    document(
      prefix,
      0,
      [0, 0],
      children.reduce((a, b) => a + b, 0),
    );
    for (const length of children) document(length, prefix, [start, start + prefix], 0);
  }
  return rows;
}

/** Sets the padding columns of every head to 0. */
export function clearPadding<A extends Float32Array | Float64Array>(values: A, headDim: number): A {
  const padded = 4 * Math.ceil(headDim / 4);
  for (let i = 0; i < values.length; i++) if (i % padded >= headDim) values[i] = 0;
  return values;
}
