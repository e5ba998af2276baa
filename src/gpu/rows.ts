// Row records as the shaders read them (shaders/common/row.wgsl): 8 u32 a token row.

/** Words of one Row. */
export const ROW_WORDS = 8;

export interface RowArrays {
  token: ArrayLike<number>;
  position: ArrayLike<number>;
  kv: ArrayLike<number>;
  ownStart: ArrayLike<number>;
  ownEnd: ArrayLike<number>;
  prefixStart: ArrayLike<number>;
  prefixEnd: ArrayLike<number>;
  visibleEnd: ArrayLike<number>;
}

/** Rows to be filled, one entry a row in each list. */
export type RowLists = Record<keyof RowArrays, number[]>;

export const emptyRows = (): RowLists => ({
  token: [],
  position: [],
  kv: [],
  ownStart: [],
  ownEnd: [],
  prefixStart: [],
  prefixEnd: [],
  visibleEnd: [],
});

/** Interleaves the arrays: u32[T, 8]. */
export function rowRecords(rows: RowArrays): Uint32Array {
  const count = rows.token.length;
  const out = new Uint32Array(count * ROW_WORDS);
  const columns = [
    rows.token,
    rows.position,
    rows.kv,
    rows.ownStart,
    rows.ownEnd,
    rows.prefixStart,
    rows.prefixEnd,
    rows.visibleEnd,
  ];
  columns.forEach((column, c) => {
    for (let i = 0; i < count; i++) out[i * ROW_WORDS + c] = column[i];
  });
  return out;
}
