// Level and fall of a neighbourhood from its first sights, against numbers worked out by hand or by another way.
import { describe, expect, it } from "vitest";
import {
  afterSight,
  beliefOf,
  expectedFall,
  headroomOf,
  lossesOf,
  meanHeadroom,
  noSights,
  normalBelow,
  type Sights,
} from "./fall";

const RATE = 0.125;

/** Sights of these losses, one row trained each. */
function sightsOf(losses: readonly number[]): Sights {
  return losses.reduce((s, loss) => afterSight({ ...s, rows: s.rows + 1 }, loss), noSights());
}

describe("headroom", () => {
  it("is the chance that two tokens running are not both right", () => {
    expect(headroomOf(0)).toBe(0);
    expect(headroomOf(Math.log(2))).toBeCloseTo(0.75, 12);
    expect(headroomOf(-0.1)).toBe(0);
    expect(headroomOf(50)).toBeCloseTo(1, 12);
  });
});

describe("a belief", () => {
  it("hopes before the first sight", () => {
    const { level, fall } = beliefOf(noSights(), 0.4, RATE);
    expect([level, fall]).toEqual([0.4, 0.05]);
  });

  it("weighs the i-th of n sights (i / n)²", () => {
    const h = [1.2, 0.8, 0.5].map(headroomOf);
    const weights = [1, 4, 9].map((w) => w / 9);
    const mean = h.reduce((sum, x, i) => sum + weights[i] * x, 0) / weights.reduce((a, b) => a + b);
    expect(meanHeadroom(sightsOf([1.2, 0.8, 0.5]))).toBeCloseTo(mean, 12);
    expect(lossesOf(sightsOf([1.2, 0.8, 0.5]))!.from).toBeCloseTo(2.5 / 3, 12);
    expect(lossesOf(noSights())).toBeNull();
  });

  it("finds the slope of a straight line, once there are enough sights for the data to outweigh the hope", () => {
    // Headroom 0.9, 0.88, …: falls 0.02 a row.
    const losses = Array.from({ length: 40 }, (_, i) => -Math.log(1 - (0.9 - 0.02 * i)) / 2);
    const { fall, level, deviation } = beliefOf(sightsOf(losses), 0.5, RATE);
    expect(fall).toBeCloseTo(0.02, 3);
    expect(level).toBeCloseTo(0.12, 2);
    expect(deviation).toBeLessThan(0.005);
  });

  it("believes in no fall where none is, and in a rise where one is", () => {
    const flat = Array.from({ length: 40 }, (_, i) => (i % 2 ? 1.6 : 1.9));
    const noise = beliefOf(sightsOf(flat), 0.5, RATE);
    expect(Math.abs(noise.fall)).toBeLessThan(2 * noise.deviation);
    expect(expectedFall(noise)).toBeLessThan(0.002);
    const rising = Array.from({ length: 40 }, (_, i) => 0.2 + 0.02 * i);
    expect(beliefOf(sightsOf(rising), 0.5, RATE).fall).toBeLessThan(0);
    expect(expectedFall(beliefOf(sightsOf(rising), 0.5, RATE))).toBeLessThan(1e-4);
  });

  it("reopens when a shut neighbourhood begins to fall", () => {
    const shut = Array.from({ length: 20 }, () => 1.2);
    const before = expectedFall(beliefOf(sightsOf(shut), 0.5, RATE));
    const opened = [...shut, 1, 0.8, 0.7, 0.5, 0.4, 0.3];
    expect(expectedFall(beliefOf(sightsOf(opened), 0.5, RATE))).toBeGreaterThan(5 * before);
  });

  it("knows that what is learnt has nothing left to fall", () => {
    expect(expectedFall(beliefOf(sightsOf([0.001, 0.002, 0.001]), 0.5, RATE))).toBeLessThan(0.001);
    expect(expectedFall({ level: 0, fall: 0.3, deviation: 0.1 })).toBe(0);
  });

  it("keeps finite numbers for any losses", () => {
    for (const losses of [[0], [1e9], [0, 1e9], Array(50).fill(0), Array(50).fill(700)])
      for (const value of Object.values(beliefOf(sightsOf(losses), 0.5, RATE)))
        expect(Number.isFinite(value)).toBe(true);
  });
});

describe("the Normal distribution function", () => {
  // Abramowitz & Stegun, table 26.1; the formula is good to 7.5e-8.
  it.each([
    [0, 0.5],
    [1, 0.8413447461],
    [-1, 0.1586552539],
    [1.959963985, 0.975],
    [-3, 0.001349898],
  ])("at %d", (z, p) => expect(normalBelow(z)).toBeCloseTo(p, 6));
});
