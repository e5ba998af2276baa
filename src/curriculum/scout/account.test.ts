// The safe mixture: what may be lost holds for any drops whatever, the ones of an adversary included.
import { describe, expect, it } from "vitest";
import { Random } from "../random";
import { allowance, gainOf, isPaid, openAccount, withDrop, type Account, type Terms } from "./account";

const TERMS: Terms = { batch: 8, share: 0.5, grantSteps: 4, floor: 0.05 };

/** Drops of chosen and of random rows by step; what an adversary may make of the rows so far. */
type Drops = (step: number, paid: boolean, random: Random) => { chosen: number; random: number };

function play(drops: Drops, steps: number, terms = TERMS) {
  const random = new Random(1, "adversary");
  let account: Account = openAccount(terms);
  let [chosen, unpaid] = [0, 0];
  for (let step = 1; step <= steps; step++) {
    const allowed = allowance(account, terms, true);
    const { rows, paid } = allowed;
    chosen += rows;
    if (!paid) unpaid += rows;
    // The two bounds, after each step and not only at the end.
    expect(chosen).toBeLessThanOrEqual(step * Math.floor(terms.share * terms.batch));
    expect(unpaid).toBeLessThanOrEqual(
      terms.grantSteps * terms.batch + terms.floor * terms.batch * step + 1e-9,
    );
    account = allowed.account;
    const made = drops(step, paid, random);
    for (let i = 0; i < rows; i++)
      account = { ...account, chosen: withDrop(account.chosen, made.chosen, terms.batch) };
    for (let i = rows; i < terms.batch; i++)
      account = { ...account, random: withDrop(account.random, made.random, terms.batch) };
  }
  return { chosen, unpaid, account };
}

describe("the account", () => {
  const adversaries: Record<string, Drops> = {
    "nothing ever falls": () => ({ chosen: 0, random: 0 }),
    "all noise": (_s, _p, r) => ({ chosen: r.next() - 0.5, random: r.next() - 0.5 }),
    "chosen rows get worse": () => ({ chosen: -0.3, random: 0.1 }),
    "falls as long as it is unpaid": (_s, paid) => ({ chosen: paid ? -1 : 1, random: 0 }),
    "gains, then nothing": (step) => ({ chosen: step < 40 ? 0.5 : 0, random: 0 }),
    "always gains": () => ({ chosen: 0.5, random: 0 }),
    "the rest of the pool gets worse": () => ({ chosen: 0, random: -0.5 }),
  };
  it.each(Object.entries(adversaries))("holds its bounds: %s", (_name, drops) => {
    for (const terms of [
      TERMS,
      { ...TERMS, batch: 3 },
      { ...TERMS, grantSteps: 0, floor: 0 },
      { ...TERMS, share: 0.25, floor: 0.5 },
    ])
      play(drops, 400, terms);
  });

  it("gives nearly all rows back where nothing is gained, and half where it goes on", () => {
    // 4 steps' worth, and 5 % of 400 steps of 8 rows.
    const idle = play(adversaries["nothing ever falls"], 400);
    expect(idle.chosen).toBeLessThanOrEqual(32 + 160);
    expect(idle.chosen).toBeGreaterThan(160);
    expect(play(adversaries["the rest of the pool gets worse"], 400).chosen).toBe(idle.chosen);
    expect(play(adversaries["always gains"], 400).chosen).toBe(1600);
    const stopped = play(adversaries["gains, then nothing"], 400);
    // Once it is over: a window of 32 rows that forgets, the account, and 5 %.
    expect(stopped.chosen).toBeLessThan(40 * 4 + 4 * 32 + 32 + 160);
  });

  it("never chooses where the share is 0, nor where nothing is there to choose", () => {
    expect(play(adversaries["always gains"], 50, { ...TERMS, share: 0 }).chosen).toBe(0);
    expect(allowance(openAccount(TERMS), TERMS, false).rows).toBe(0);
  });

  it("measures the gain as a difference of means with its standard error", () => {
    let account = openAccount({ ...TERMS, batch: 8 });
    for (const drop of [0.1, 0.3, 0.2, 0.4])
      account = { ...account, chosen: withDrop(account.chosen, drop, 8) };
    expect(gainOf(account, 8)).toBeNull();
    for (const drop of [0, 0.2, 0, 0.2]) account = { ...account, random: withDrop(account.random, drop, 8) };
    // Means 0.25 and 0.1; variances 0.0125 and 0.01, four drops each.
    expect(gainOf(account, 8)!.gain).toBeCloseTo(0.15, 12);
    expect(gainOf(account, 8)!.error).toBeCloseTo(Math.sqrt(0.0125 / 4 + 0.01 / 4), 12);
    expect(isPaid(account, 8)).toBe(true);
  });
});
