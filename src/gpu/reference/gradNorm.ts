// Gradient norm, clip factor and the finite test, in f64.

const LARGEST = 3.4028234663852886e38; // the largest f32

/** [loss, norm, factor, finite]; a norm no f32 can hold counts as infinite, and then the factor is 0. */
export function gradNormReference(
  grad: ArrayLike<number>,
  loss: number,
  clipNorm: number,
): [loss: number, norm: number, factor: number, finite: number] {
  let squares = 0;
  for (let i = 0; i < grad.length; i++) squares += grad[i] ** 2;
  const norm = Math.sqrt(squares);
  if (!(norm <= LARGEST) || !Number.isFinite(loss)) return [loss, norm <= LARGEST ? norm : Infinity, 0, 0];
  return [loss, norm, clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1, 1];
}
