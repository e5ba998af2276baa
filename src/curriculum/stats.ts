// Small statistics for the log and the pictures. With too few values the result is NaN, never a guess.

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value, or the mean of the two; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Σ(x − mean)² / (n − 1). */
export function sampleVariance(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1);
}

/** Σ(x − mean)² / n: METIS's informativeness of a prompt, in squared reward. */
export function populationVariance(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((sum, value) => sum + (value - m) ** 2, 0) / values.length;
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const out = new Array<number>(values.length).fill(0);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j + 1 < order.length && values[order[j + 1]!] === values[order[i]!]) j++;
    for (let k = i; k <= j; k++) out[order[k]!] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return out;
}

/** Pearson correlation; 0 where one side does not vary (as the base model's own scripts report it). */
export function pearson(a: readonly number[], b: readonly number[]): number {
  const ma = mean(a);
  const mb = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : 0;
}

/** Spearman rank correlation with tied ranks; pairs with a missing side are left out. */
export function spearman(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  const both = a.map((x, i) => [x, b[i] ?? null] as const).filter(([x, y]) => x !== null && y !== null);
  if (both.length < 2) return 0;
  return pearson(ranks(both.map(([x]) => x!)), ranks(both.map(([, y]) => y!)));
}

const Z95 = 1.959963984540054;

/** 95 % interval of a Spearman correlation over n pairs: Fisher's z with the error of Bonett and Wright (2000). */
export function spearmanInterval(rho: number, n: number): [number, number] {
  if (n < 4) return [-1, 1];
  const z = Math.atanh(Math.max(-1, Math.min(1, rho)));
  const half = Z95 * Math.sqrt((1 + (rho * rho) / 2) / (n - 3));
  return [Math.tanh(z - half), Math.tanh(z + half)];
}

/** 95 % Wilson interval of a share `right / n`. */
export function wilson(right: number, n: number): [number, number] {
  if (n === 0) return [0, 1];
  const p = right / n;
  const z2 = Z95 * Z95;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  // Exact at the ends, where the formula is off by a rounding.
  return [right === 0 ? 0 : Math.max(0, middle - half), right === n ? 1 : Math.min(1, middle + half)];
}

/** 95 % interval of the mean of values in [0, 1] that are not only 0 and 1 (normal, cut to [0, 1]). */
export function meanInterval(values: readonly number[]): [number, number] {
  if (values.length < 2) return [0, 1];
  const half = Z95 * Math.sqrt(sampleVariance(values) / values.length);
  const m = mean(values);
  return [Math.max(0, m - half), Math.min(1, m + half)];
}

/** Mean of a − b over pairs, with its standard error (NaN below two pairs). */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
): { mean: number; se: number; n: number } {
  const differences = a.map((value, i) => value - b[i]!);
  return {
    mean: mean(differences),
    se: Math.sqrt(sampleVariance(differences) / differences.length),
    n: differences.length,
  };
}

/** Mean absolute error over pairs where both sides are there; NaN without any. */
export function mae(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  const errors = a.flatMap((x, i) => {
    const y = b[i] ?? null;
    return x === null || y === null ? [] : [Math.abs(x - y)];
  });
  return mean(errors);
}
