// Root-mean-square norm, in f64.

/** x[T, C] and weight[C]; the mean square is over `real` columns (the rest are zero padding). */
export function rmsNormReference(
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  real: number,
  eps: number,
): { y: Float64Array; inv: Float64Array } {
  const columns = weight.length;
  const rows = x.length / columns;
  const y = new Float64Array(rows * columns);
  const inv = new Float64Array(rows);
  for (let t = 0; t < rows; t++) {
    let squares = 0;
    for (let c = 0; c < columns; c++) squares += x[t * columns + c] ** 2;
    inv[t] = 1 / Math.sqrt(squares / real + eps);
    for (let c = 0; c < columns; c++) y[t * columns + c] = x[t * columns + c] * inv[t] * weight[c];
  }
  return { y, inv };
}
