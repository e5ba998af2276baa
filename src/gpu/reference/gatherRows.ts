// Copies selected rows of a matrix, in f64.

/** y[M, C] with y[m] = x[index[m]]; zeros for an index past x's last row. */
export function gatherRowsReference(
  x: ArrayLike<number>,
  index: ArrayLike<number>,
  columns: number,
): Float64Array {
  const rows = x.length / columns;
  const y = new Float64Array(index.length * columns);
  for (let m = 0; m < index.length; m++) {
    if (index[m] >= rows) continue;
    for (let c = 0; c < columns; c++) y[m * columns + c] = x[index[m] * columns + c];
  }
  return y;
}
