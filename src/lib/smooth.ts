// Smooths noisy values by an exponential mean, corrected for the bias towards zero at its beginning.

/** Exponential mean that does not start biased toward zero; skips values that are not finite. */
export function debiasedMean(values: ArrayLike<number>, weight = 0.9): Float64Array {
  const smooth = new Float64Array(values.length);
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) {
      sum = weight * sum + (1 - weight) * values[i];
      mass = weight * mass + (1 - weight);
    }
    smooth[i] = mass > 0 ? sum / mass : NaN;
  }
  return smooth;
}
