// The sum of the loss terms, in f64.

/** Σ terms on top of `before`. */
export function sumTermsReference(terms: ArrayLike<number>, before = 0): number {
  let sum = before;
  for (let i = 0; i < terms.length; i++) sum += terms[i];
  return sum;
}
