// The safe mixture: how many rows of the next batch may be chosen, and how many come in random order. Every chosen row is
// paid for, by a gain that was measured or out of an account that holds little.
//
//   gain       mean drop of chosen rows − that of rows in random order, or − 0 where these got worse: harm to the rest
//              of the pool is no gain. The drop of a row at first sight is the mean headroom
//              of its neighbourhood's earlier first sights less its own; where nothing is learnt it is 0 on average,
//              whatever was chosen, since a choice knows the past only. A chosen row that is no first sight counts
//              as a drop of 0. Means run over the last rows of either half, about four batches' worth
//   paid       the gain is above 0 by more than one standard error
//   account    starts at `grant` rows and never holds more; each step adds `floor` × batch; a chosen row that is not
//              paid takes 1, and where the account has less than 1 there is no such row
//
// By construction, for any losses whatever: after S steps of B rows
//   (1) chosen rows              ≤ S · ⌊share · B⌋ ≤ S · B / 2
//   (2) chosen rows not paid     ≤ grant + floor · S · B
// so random order is followed for at least max(S · B / 2, S · B · (1 − floor) − grant − paid) rows.
//
// source    the idea of a baseline that is never left by more than a budget: conservative bandits, Wu et al. 2016
//           (arXiv 1602.04282), Garcelon et al. 2020 (arXiv 2002.03221). What is measured and paid: ours
/** Drops of one half: their number, and the running means of x and x². */
export interface Drops {
  count: number;
  mean: number;
  square: number;
}

export interface Account {
  /** Rows that may still be chosen unpaid. */
  balance: number;
  random: Drops;
  chosen: Drops;
}

export interface Terms {
  /** Rows a batch. */
  batch: number;
  /** Largest share of a batch that is chosen, at most 1/2. */
  share: number;
  /** Steps' worth of rows that may be lost at once. */
  grantSteps: number;
  /** Share of rows that may be lost in the long run. */
  floor: number;
}

/** Drops of either half from which on a gain is told. */
const ENOUGH = 4;
/** Variance of a drop that is never gone below: (0.01 of headroom)². */
const LEAST = 1e-4;

/** Batches' worth of rows that the running means reach back. */
const REACH = 4;

const none = (): Drops => ({ count: 0, mean: 0, square: 0 });

export const openAccount = ({ grantSteps, batch }: Terms): Account => ({
  balance: grantSteps * batch,
  random: none(),
  chosen: none(),
});

/** One more drop; the mean of all until there are `REACH` batches of them, then an exponential one. */
export function withDrop({ count, mean, square }: Drops, drop: number, batch: number): Drops {
  const weight = 1 / Math.min(count + 1, REACH * batch);
  return {
    count: count + 1,
    mean: mean + weight * (drop - mean),
    square: square + weight * (drop * drop - square),
  };
}

const squaredError = ({ count, mean, square }: Drops, batch: number): number =>
  Math.max(LEAST, square - mean * mean) / Math.min(count, REACH * batch);

/** Gain of choosing and its standard error, headroom a row; null while too little was seen. */
export function gainOf({ random, chosen }: Account, batch: number): { gain: number; error: number } | null {
  if (random.count < ENOUGH || chosen.count < ENOUGH) return null;
  const error = Math.sqrt(squaredError(chosen, batch) + squaredError(random, batch));
  return { gain: chosen.mean - Math.max(0, random.mean), error };
}

export function isPaid(account: Account, batch: number): boolean {
  const measured = gainOf(account, batch);
  return measured !== null && measured.gain > measured.error;
}

/**
 * How many rows of the next batch may be chosen, and the account once they are.
 *
 * @param wanted whether there is anything to choose
 */
export function allowance(
  account: Account,
  { batch, share, grantSteps, floor }: Terms,
  wanted: boolean,
): { rows: number; paid: boolean; account: Account } {
  const balance = Math.min(grantSteps * batch, account.balance + floor * batch);
  const most = wanted ? Math.floor(Math.min(0.5, share) * batch) : 0;
  const paid = isPaid(account, batch);
  const rows = paid ? most : Math.min(most, Math.floor(balance));
  return { rows, paid, account: { ...account, balance: paid ? balance : balance - rows } };
}
