// The generator: repeatable, continuable, and fair enough to choose samples with.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, indices, mixKey } from "./random";

describe("Random", () => {
  it("goes on where its state was taken", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0 }), fc.nat(50), (seed, before) => {
        const one = new Random(seed, "select");
        for (let i = 0; i < before; i++) one.next();
        const other = Random.restore(JSON.parse(JSON.stringify(one.state)) as typeof one.state);
        return indices(20).every(() => one.bits() === other.bits());
      }),
    );
  });

  it("keeps streams and seeds apart", () => {
    const draws = (seed: number, stream: string) => {
      const random = new Random(seed, stream);
      return indices(8).map(() => random.bits());
    };
    expect(draws(1, "a")).not.toEqual(draws(1, "b"));
    expect(draws(1, "a")).not.toEqual(draws(2, "a"));
    expect(mixKey(1, 2, 3)).not.toBe(mixKey(1, 3, 2));
  });

  it("is uniform: chi-square of 64 bins stays below its 1 in 10,000 bound", () => {
    const random = new Random(7, "bins");
    const bins = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) bins[random.below(64)]!++;
    const chi = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(115); // 63 degrees of freedom: P(χ² > 113.6) = 1e-4
  });

  it("shuffles and samples without loss", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(50), fc.nat(), (n, k, seed) => {
        const random = new Random(seed, "x");
        expect([...random.shuffle(indices(n))].sort((a, b) => a - b)).toEqual(indices(n));
        const some = random.sample(indices(n), k);
        expect(some).toHaveLength(Math.min(n, k));
        expect(new Set(some).size).toBe(some.length);
      }),
    );
  });

  it("draws an index in proportion to its weight, and none of weight 0", () => {
    const random = new Random(3, "weights");
    const counts = [0, 0, 0];
    for (let i = 0; i < 8000; i++) counts[random.weighted([1, 0, 3])]++;
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[0] - 2000)).toBeLessThan(180); // 4.6 standard deviations
  });

  it("puts every item in the first place equally often", () => {
    const first = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 5000; seed++) first[new Random(seed, "s").shuffle(indices(5))[0]!]!++;
    for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(130); // 4.6 standard deviations
  });
});
