// Paired statistics: which of two strategies is better, and how certain is that? The two runs of a pair share seed,
// pool and test set, so their answers are compared question by question and seed by seed, not as independent
// samples. Where the data do not decide, the verdict is "too close to call". Pure; the page, the report, the
// results files and the docs all use this file.
import { Random } from "./random";
import { mean, sampleVariance, wilson } from "./stats";

/** Shares (0 to 1) or whatever unit was compared: lowest and highest of a 95 % interval. */
export type Range = [low: number, high: number];

/** A test of one run: `value` is a share, `items` one char a question, 1 right and 0 wrong ("" where unknown). */
export interface Result {
  value: number;
  items: string;
}

/** A test and what had been spent by then, in any unit. */
export interface CurvePoint {
  cost: number;
  value: number;
}

// ---------------------------------------------------------------- Student's t

function logGamma(x: number): number {
  // Lanczos, g = 7: relative error below 1e-13 for x > 0.
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = c.slice(1).reduce((s, value, i) => s + value / (x + i), c[0]!);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / Math.max(tiny, 1 - ((a + b) * x) / (a + 1));
  let f = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d || tiny);
      c = 1 + term / c || tiny;
      f *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return (front * f) / a;
}

/** Two-sided p of Student's t with `df` degrees of freedom. */
export function studentP(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

const quantiles = new Map<number, number>();

/** Two-sided 95 % quantile of Student's t; NaN without a degree of freedom. */
export function studentQuantile(df: number): number {
  if (!(df >= 1)) return NaN;
  const known = quantiles.get(df);
  if (known !== undefined) return known;
  let [low, high] = [0, 100];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (studentP(middle, df) > 0.05) low = middle;
    else high = middle;
  }
  quantiles.set(df, low);
  return low;
}

export interface PairedT {
  n: number;
  mean: number;
  /** Standard error of the mean; null for one difference. */
  se: number | null;
  /** 95 %; null for one difference. */
  interval: Range | null;
  /** Two-sided; null for one difference or where all are equal. */
  p: number | null;
}

/** Paired t over differences, one a seed; null for none. */
export function pairedT(differences: readonly number[]): PairedT | null {
  const n = differences.length;
  if (n === 0) return null;
  const m = mean(differences);
  if (n === 1) return { n, mean: m, se: null, interval: null, p: null };
  const se = Math.sqrt(sampleVariance(differences) / n);
  const half = studentQuantile(n - 1) * se;
  return { n, mean: m, se, interval: [m - half, m + half], p: se > 0 ? studentP(m / se, n - 1) : null };
}

/**
 * p values adjusted for their number (Holm 1979): the chance of even one false find among them stays below what each is
 * held against. In the order given; null, no test, stays null and does not count.
 */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps.flatMap((p, at) => (p === null ? [] : [{ p, at }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = ps.map(() => null);
  let highest = 0;
  order.forEach(({ p, at }, i) => {
    highest = Math.max(highest, Math.min(1, (order.length - i) * p));
    adjusted[at] = highest;
  });
  return adjusted;
}

// ---------------------------------------------------------------- one pair of runs

export interface McNemar {
  /** Questions. */
  n: number;
  /** Right in one run only. */
  onlyOwn: number;
  onlyOther: number;
  /** Share own − share other. */
  difference: number;
  /** 95 %, Newcombe (1998), method 10: Wilson's intervals put together by the correlation of the pairs. */
  interval: Range;
  /** Exact, two-sided: are the two kinds of disagreement equally likely? */
  p: number;
}

/** Exact two-sided binomial p of `few` or fewer against `many`, both sides equally likely. */
function signTest(first: number, second: number): number {
  const n = first + second;
  const few = Math.min(first, second);
  const logChoose = (k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  let sum = 0;
  for (let k = 0; k <= few; k++) sum += Math.exp(logChoose(k) - n * Math.LN2);
  return first === second ? 1 : Math.min(1, 2 * sum);
}

/** McNemar's exact test from the four counts of questions. */
export function mcnemarCounts(both: number, onlyOwn: number, onlyOther: number, neither: number): McNemar {
  const n = both + onlyOwn + onlyOther + neither;
  const [own, other] = [both + onlyOwn, both + onlyOther];
  const [p1, p2] = [own / n, other / n];
  const [l1, u1] = wilson(own, n);
  const [l2, u2] = wilson(other, n);
  const product = both * neither - onlyOwn * onlyOther;
  const corrected = product > 0 ? Math.max(product - n / 2, 0) : product;
  const size = Math.sqrt(own * (n - own) * other * (n - other));
  const phi = size > 0 ? corrected / size : 0;
  const width = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  const difference = (onlyOwn - onlyOther) / n;
  return {
    n,
    onlyOwn,
    onlyOther,
    difference,
    interval: [difference - width(p1 - l1, u2 - p2), difference + width(u1 - p1, p2 - l2)],
    p: signTest(onlyOwn, onlyOther),
  };
}

/** Whether two results answered the same questions, as far as their items tell. */
const matched = (own: string, other: string): boolean => own.length > 0 && own.length === other.length;

/** McNemar's exact test on the items of two runs; null where they do not have the same questions. */
export function mcnemar(own: string, other: string): McNemar | null {
  if (!matched(own, other)) return null;
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < own.length; i++) counts[(own[i] === "1" ? 0 : 2) + (other[i] === "1" ? 0 : 1)]!++;
  const [both, onlyOwn, onlyOther, neither] = counts as [number, number, number, number];
  return mcnemarCounts(both, onlyOwn, onlyOther, neither);
}

// ---------------------------------------------------------------- several pairs

/** Intervals already drawn: a page asks again at every redraw. */
const drawnBefore = new Map<string, Range>();

/**
 * Hierarchical bootstrap of the mean paired difference: seeds are drawn again, then the questions of the test set, the
 * same ones for every drawn seed, since all runs answered the same questions. 95 % by percentiles. The same input gives
 * the same interval.
 * @param pairs items of both runs, one pair a seed
 */
export function bootstrap(
  pairs: readonly { own: string; other: string }[],
  draws = 2000,
  seed = 1,
): Range | null {
  const items = pairs[0]?.own.length ?? 0;
  if (pairs.length < 2 || pairs.some(({ own, other }) => !matched(own, other) || own.length !== items))
    return null;
  const key = [draws, seed, ...pairs.map(({ own, other }) => own + other)].join();
  const known = drawnBefore.get(key);
  if (known) return [...known];
  const gaps = pairs.map(({ own, other }) =>
    Int8Array.from({ length: items }, (_, i) => Number(own[i] === "1") - Number(other[i] === "1")),
  );
  const random = new Random(seed, "bootstrap");
  const total = new Int16Array(items);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    total.fill(0);
    for (let s = 0; s < gaps.length; s++) {
      const chosen = gaps[random.below(gaps.length)]!;
      for (let i = 0; i < items; i++) total[i]! += chosen[i]!;
    }
    let sum = 0;
    for (let i = 0; i < items; i++) sum += total[random.below(items)]!;
    means[draw] = sum / (items * gaps.length);
  }
  means.sort();
  const at = (share: number) => means[Math.round(share * (draws - 1))]!;
  if (drawnBefore.size >= 64) drawnBefore.clear();
  drawnBefore.set(key, [at(0.025), at(0.975)]);
  return [at(0.025), at(0.975)];
}

export interface Comparison {
  test: "McNemar’s exact test" | "paired t over seeds";
  /** Pairs of runs, one a seed. */
  pairs: number;
  /** Questions that both runs of every pair answered; null where the log does not tell. */
  items: number | null;
  /** Mean of own − other. */
  difference: number;
  bySeed: number[];
  /** 95 %, of the test; null where one pair has no items. */
  interval: Range | null;
  p: number | null;
  /** Several pairs with items: the hierarchical bootstrap, drawn only where the test finds a difference. */
  bootstrap: Range | null;
  /** One pair with items: the disagreements. */
  mcnemar: McNemar | null;
  /** Nobody leads unless every interval excludes 0; one pair never names a leader. */
  leader: "own" | "other" | "level";
  /** The same sign, not 0, in every pair. */
  everySeed: boolean;
}

const without0 = (range: Range | null): boolean => range !== null && (range[0] > 0 || range[1] < 0);

/** The verdict over pairs of tests, one pair a seed; null for none. */
export function compare(pairs: readonly { own: Result; other: Result }[]): Comparison | null {
  const bySeed = pairs.map(({ own, other }) => own.value - other.value);
  const t = pairedT(bySeed);
  if (!t) return null;
  const items = pairs[0]!.own.items.length;
  const same = pairs.every(({ own, other }) => matched(own.items, other.items) && own.items.length === items);
  const common = {
    pairs: pairs.length,
    items: same ? items : null,
    difference: t.mean,
    bySeed,
    everySeed: bySeed.every((d) => d !== 0 && Math.sign(d) === Math.sign(t.mean)),
  };
  if (pairs.length === 1) {
    const one = mcnemar(pairs[0]!.own.items, pairs[0]!.other.items);
    return {
      ...common,
      test: "McNemar’s exact test",
      interval: one?.interval ?? null,
      p: one?.p ?? null,
      bootstrap: null,
      mcnemar: one,
      leader: "level",
    };
  }
  // The bootstrap matters only if the t interval excludes 0; otherwise the verdict is already "too close to call".
  const found = without0(t.interval);
  const drawn = found
    ? bootstrap(pairs.map(({ own, other }) => ({ own: own.items, other: other.items })))
    : null;
  const apart = found && (drawn === null || without0(drawn));
  return {
    ...common,
    test: "paired t over seeds",
    interval: t.interval,
    p: t.p,
    bootstrap: drawn,
    mcnemar: null,
    leader: !apart ? "level" : t.mean > 0 ? "own" : "other",
  };
}

// ---------------------------------------------------------------- curves

/** The newest test that had cost at most `budget`; null before the first. */
export function pointAt<P extends CurvePoint>(curve: readonly P[], budget: number): P | null {
  return curve.findLast(({ cost }) => cost <= budget + 1e-9) ?? null;
}

/**
 * Area under the curve divided by the budget: mean accuracy while the budget was spent, straight lines between tests.
 * The first value also stands for what was spent before it, the last for what a run did not spend. NaN without a test.
 */
export function meanOverCost(curve: readonly CurvePoint[], budget: number): number {
  if (curve.length === 0 || !(budget > 0)) return NaN;
  const points = [{ ...curve[0]!, cost: 0 }, ...curve, { ...curve.at(-1)!, cost: Infinity }];
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (a.cost >= budget) break;
    const to = Math.min(b.cost, budget);
    const share = b.cost === Infinity || b.cost === a.cost ? 0 : (to - a.cost) / (b.cost - a.cost);
    area += (to - a.cost) * (a.value + (share * (b.value - a.value)) / 2);
  }
  return area / budget;
}

/** What the first test with at least `threshold` had cost; null where none reached it. */
export function costToReach(curve: readonly CurvePoint[], threshold: number): number | null {
  return curve.find(({ value }) => value >= threshold - 1e-9)?.cost ?? null;
}

/** Paired difference of the mean accuracy up to the cost that both runs of a pair have spent. */
export function compareCurves(
  pairs: readonly { own: readonly CurvePoint[]; other: readonly CurvePoint[] }[],
): PairedT | null {
  const differences = pairs.flatMap(({ own, other }) => {
    const budget = Math.min(own.at(-1)?.cost ?? 0, other.at(-1)?.cost ?? 0);
    return budget > 0 ? [meanOverCost(own, budget) - meanOverCost(other, budget)] : [];
  });
  return pairedT(differences);
}

// ---------------------------------------------------------------- words

/** −0.4: a true minus sign, never "−0.0". */
export function decimal(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** +29.8 */
export function signed(value: number, digits = 1): string {
  const text = decimal(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** "[−0.4, 59.9]" */
export function range([low, high]: Range, digits = 1): string {
  return `[${decimal(low, digits)}, ${decimal(high, digits)}]`;
}

export function pText(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** "+29.8 points [−0.4, 59.9], paired t over 3 seeds": difference of shares with interval, test and n. */
export function comparisonText(c: Comparison): string {
  const size = `${signed(100 * c.difference)} points`;
  const interval = c.interval ? ` ${range([100 * c.interval[0], 100 * c.interval[1]])}` : "";
  if (c.pairs > 1) {
    const questions = c.items === null ? "" : ` and ${c.items} questions`;
    return `${size}${interval}, paired t over ${c.pairs} seeds${questions}`;
  }
  if (!c.mcnemar) return `${size}, one seed`;
  const { onlyOwn, onlyOther, n, p } = c.mcnemar;
  return `${size}${interval}, McNemar’s exact test on ${n} questions of one seed (${onlyOwn} against ${onlyOther}), ${pText(p)}`;
}
