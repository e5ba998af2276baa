// Embedding lookup in f64, for one shard of a table whose values are already decoded.

/** Writes table rows into x[T, C] where tokens[t] lies in firstRow … firstRow + shardRows; table is [shardRows, S]. */
export function embedReference(
  tokens: ArrayLike<number>,
  table: ArrayLike<number>,
  x: Float64Array,
  shape: { columns: number; stride: number; firstRow: number; shardRows: number },
): void {
  for (let t = 0; t < tokens.length; t++) {
    const row = tokens[t] - shape.firstRow;
    if (row < 0 || row >= shape.shardRows) continue;
    for (let c = 0; c < shape.columns; c++) x[t * shape.columns + c] = table[row * shape.stride + c];
  }
}
