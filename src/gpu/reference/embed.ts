// Embedding lookup in f64, for one shard of a table whose values are already decoded.

/** Writes `scale` times the table's rows into x[T, C] where tokens[t] lies in firstRow … firstRow + shardRows; table is [shardRows, S]. */
export function embedReference(
  tokens: ArrayLike<number>,
  table: ArrayLike<number>,
  x: Float64Array,
  shape: { columns: number; stride: number; firstRow: number; shardRows: number; scale?: number },
): void {
  for (let t = 0; t < tokens.length; t++) {
    const row = tokens[t] - shape.firstRow;
    if (row < 0 || row >= shape.shardRows) continue;
    for (let c = 0; c < shape.columns; c++)
      x[t * shape.columns + c] = (shape.scale ?? 1) * table[row * shape.stride + c];
  }
}
