// What first sights say of a neighbourhood: how far it is from known, and by how much the next row of it is expected
// to bring it nearer. A row's loss when it is trained for the first time is what scoring it would have cost tokens
// to say, and nothing of it is memory of the row itself.
//
//   headroom        h = 1 − e^(−2 loss), in [0, 1): one less the chance that two answer tokens running are right. 0 =
//                   known. Bounded, so that one row cannot outweigh many, and a drop from 9 to 1.7 nats (noise that
//                   learns its format) counts as 0.03 where one from 1.4 to 0.3 counts as 0.49
//   regression      h = level − fall · (rows trained) + error, sights weighed (place / sights)², so that older ones fade
//                   in proportion and no window has to be chosen
//   prior           fall ~ N(ρ · level, (ρ · level)²): optimistic, it might be learnt within 1 / ρ rows
//   error variance  that of the residuals, with m (1 − m) / 4 as one sight's worth of prior
//
// The posterior of the fall is Normal; the level's is flat. Units: headroom a row.
//
// source    learning progress as a signal: Graves et al. 2017 (arXiv 1704.03003), Matiisen et al. 2017 (1707.00183);
//           forgetting in Bayesian regression: West & Harrison 1997. First sights and headroom: ours

export interface Sights {
  /** First sights so far. */
  count: number;
  /** Faded sums of 1, t, t², h, t·h, h² and loss; t = rows of it trained when it was seen. */
  sums: number[];
  /** Sum of the losses of the first few sights, nats; and how many those are. */
  early: [number, number];
  /** Rows of it trained, repeats included. */
  rows: number;
}

export interface Belief {
  /** Headroom expected of its next row. */
  level: number;
  /** Expected fall of the headroom a row trained, and its standard deviation. */
  fall: number;
  deviation: number;
}

const FADING = 2;
/** Answer tokens running that must be right. */
const TOKENS = 2;
/** First sights that make up where it began. */
const EARLY = 3;

export const noSights = (): Sights => ({ count: 0, sums: [0, 0, 0, 0, 0, 0, 0], early: [0, 0], rows: 0 });

/** Headroom of a loss in nats a target token. */
export const headroomOf = (lossNats: number): number => 1 - Math.exp(-TOKENS * Math.max(0, lossNats));

/** After a row's loss at first sight. `rows` must count that row already. */
export function afterSight(sights: Sights, lossNats: number): Sights {
  const count = sights.count + 1;
  const h = headroomOf(lossNats);
  const t = sights.rows;
  const keep = (1 - 1 / count) ** FADING;
  const sums = [1, t, t * t, h, t * h, h * h, lossNats].map((x, i) => keep * sights.sums[i] + x);
  const [sum, n] = sights.early;
  return { ...sights, count, sums, early: n < EARLY ? [sum + lossNats, n + 1] : [sum, n] };
}

/** Faded mean of the headroom so far; null before the first sight. */
export const meanHeadroom = ({ count, sums }: Sights): number | null =>
  count === 0 ? null : sums[3] / sums[0];

/** Loss of the first sights and of the latest, nats; null before the first sight. */
export function lossesOf({ count, sums, early }: Sights): { from: number; to: number } | null {
  return count === 0 ? null : { from: early[0] / early[1], to: sums[6] / sums[0] };
}

/**
 * @param unseen headroom expected where nothing was seen yet
 * @param rate ρ: share of the headroom that a row is hoped to take
 */
export function beliefOf({ count, sums, rows }: Sights, unseen: number, rate: number): Belief {
  if (count === 0) return { level: unseen, fall: rate * unseen, deviation: rate * unseen + 1e-6 };
  const [w, t, tt, y, ty, yy] = sums;
  const mean = y / w;
  const at = t / w;
  const sxx = Math.max(0, tt - t * at);
  const sxy = ty - t * mean;
  const residual = Math.max(0, yy - y * mean - (sxx > 1e-9 ? (sxy * sxy) / sxx : 0));
  const free = Math.max(0, count - 2);
  const variance = ((free * residual) / w + (mean * (1 - mean)) / 4 + 1e-4) / (free + 1);
  const hoped = rate * mean;
  const prior = 1 / (hoped + 1e-5) ** 2;
  const precision = sxx / variance + prior;
  const fall = (hoped * prior - sxy / variance) / precision;
  const level = Math.min(1, Math.max(0, mean - fall * (rows - at)));
  return { level, fall, deviation: 1 / Math.sqrt(precision) };
}

/** E max(0, fall), no more than the headroom that is left: what the next row is worth, doubt counted as a chance. */
export function expectedFall({ level, fall, deviation }: Belief): number {
  const z = fall / deviation;
  return Math.min(level, Math.max(0, fall * normalBelow(z) + deviation * normalDensity(z)));
}

const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(z), to 1e-7. source: Abramowitz & Stegun 26.2.17 */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    normalDensity(z) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
}
