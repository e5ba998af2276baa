// Gradient of the root-mean-square norm with respect to its input, in f64.

/** The term added to dx[T, C]; inv[T] as the forward pass computed it. */
export function rmsNormGradReference(
  dy: ArrayLike<number>,
  x: ArrayLike<number>,
  weight: ArrayLike<number>,
  inv: ArrayLike<number>,
  real: number,
): Float64Array {
  const columns = weight.length;
  const added = new Float64Array(dy.length);
  for (let t = 0; t < inv.length; t++) {
    let overlap = 0;
    for (let c = 0; c < columns; c++) overlap += weight[c] * dy[t * columns + c] * x[t * columns + c];
    for (let c = 0; c < columns; c++) {
      const at = t * columns + c;
      added[at] = inv[t] * (weight[c] * dy[at] - (x[at] * inv[t] ** 2 * overlap) / real);
    }
  }
  return added;
}
