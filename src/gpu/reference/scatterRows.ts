// The gradient of gathering rows, in f64.

/** dx[T, C]: row t sums dy's rows list[offsets[t]] … list[offsets[t + 1] − 1]. */
export function scatterRowsReference(
  dy: ArrayLike<number>,
  offsets: ArrayLike<number>,
  list: ArrayLike<number>,
  columns: number,
): Float64Array {
  const rows = offsets.length - 1;
  const dx = new Float64Array(rows * columns);
  for (let t = 0; t < rows; t++) {
    for (let k = offsets[t]; k < offsets[t + 1]; k++) {
      for (let c = 0; c < columns; c++) dx[t * columns + c] += dy[list[k] * columns + c];
    }
  }
  return dx;
}
