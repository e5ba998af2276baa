// Picks of a round: the top by score, each option on its own, and what the log says about them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, indices } from "./random";
import { nextBatch, selectRandom, selectSweep, selectTop, type History, type SelectOptions } from "./select";

const PLAIN: SelectOptions = {
  skipTopShare: 0,
  window: null,
  excludeSeen: false,
  exploration: 0,
  softmaxTemperature: null,
  order: "shuffled",
};
const FRESH: History = { picks: [], scores: null };
const random = () => new Random(3, "select");
const scoresArbitrary = fc.array(fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: null }), {
  minLength: 1,
  maxLength: 60,
});

describe("selectTop", () => {
  it("takes the highest scores, once each, and nothing unscored", () => {
    fc.assert(
      fc.property(scoresArbitrary, fc.integer({ min: 1, max: 70 }), fc.nat(), (scores, count, seed) => {
        const got = selectTop(scores, count, PLAIN, FRESH, new Random(seed, "s"));
        const scored = scores.filter((score) => score !== null).length;
        const picked = got.picks.map((pick) => pick.sample);
        expect(picked).toHaveLength(Math.min(count, scored));
        expect(new Set(picked).size).toBe(picked.length);
        const left = indices(scores.length).filter((i) => !picked.includes(i) && scores[i] !== null);
        for (const i of left) expect(scores[i]!).toBeLessThanOrEqual(got.threshold!);
        expect(got.scored).toBe(scored);
        expect(got.new).toBe(picked.length);
      }),
    );
  });

  it("says rank, threshold, what was missed and the past of each pick", () => {
    const got = selectTop(
      [1, 5, 3, 4, 2],
      2,
      PLAIN,
      {
        picks: [
          [1, 0],
          [2, 1],
        ],
        scores: [0, 9, 0, 0, 0],
      },
      random(),
    );
    expect(got.picks).toEqual([
      { sample: 1, rank: 1, score: 5, pickedBefore: [1, 2], previousScore: 9, reason: "top-score" },
      { sample: 3, rank: 2, score: 4, pickedBefore: [], previousScore: 0, reason: "top-score" },
    ]);
    expect(got).toMatchObject({ threshold: 4, new: 1, overlap: 1, meanScore: 3, scored: 5 });
    expect(got.missed.map((miss) => miss.sample)).toEqual([2, 4, 0]);
  });

  it("breaks ties by the seed, not by position", () => {
    const first = new Set(
      indices(40).map(
        (seed) => selectTop([1, 1, 1, 1], 1, PLAIN, FRESH, new Random(seed, "s")).picks[0]!.sample,
      ),
    );
    expect(first).toEqual(new Set([0, 1, 2, 3]));
  });

  it("leaves out the top share and what is outside the window", () => {
    const scores = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const skipped = selectTop(scores, 2, { ...PLAIN, skipTopShare: 0.2 }, FRESH, random());
    expect(skipped.picks.map((pick) => pick.score)).toEqual([7, 6]);
    expect(skipped.picks[0]!.reason).toBe("window");
    const inside = selectTop(scores, 4, { ...PLAIN, window: [3, 5] }, FRESH, random());
    expect(inside.picks.map((pick) => pick.score)).toEqual([5, 4, 3]);
  });

  it("prefers unseen samples and fills up with seen ones", () => {
    const history = { picks: [[0, 1]], scores: null };
    const got = selectTop([4, 3, 2, 1], 3, { ...PLAIN, excludeSeen: true }, history, random());
    expect(got.picks.map((pick) => pick.sample)).toEqual([2, 3, 0]);
  });

  it("draws the exploration share outside the top", () => {
    const scores = indices(100);
    const got = selectTop(scores, 20, { ...PLAIN, exploration: 0.25 }, FRESH, random());
    const explored = got.picks.filter((pick) => pick.reason === "exploration");
    expect(explored).toHaveLength(5);
    expect(got.threshold).toBe(85);
    for (const pick of explored) expect(pick.sample).toBeLessThan(85);
  });

  it("draws by softmax: cold is the top, hot is nearly even", () => {
    const scores = [0, 1, 2, 3];
    const cold = selectTop(scores, 2, { ...PLAIN, softmaxTemperature: 1e-3 }, FRESH, random());
    expect(cold.picks.map((pick) => pick.sample)).toEqual([3, 2]);
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 2000; seed++) {
      const got = selectTop(scores, 1, { ...PLAIN, softmaxTemperature: 1 }, FRESH, new Random(seed, "s"));
      counts[got.picks[0]!.sample]!++;
    }
    const total = Math.exp(0) + Math.exp(1) + Math.exp(2) + Math.exp(3);
    // Five standard deviations of a share with 2000 draws.
    counts.forEach((count, i) => expect(Math.abs(count / 2000 - Math.exp(i) / total)).toBeLessThan(0.056));
  });
});

describe("selectRandom", () => {
  it("uses the whole pool before it repeats, and says nothing of scores", () => {
    const seen: number[] = [];
    let queue: number[] = [];
    const order = random();
    for (let round = 0; round < 4; round++) {
      const got = selectRandom(40, 10, queue, FRESH, order);
      queue = got.queue;
      seen.push(...got.selection.picks.map((pick) => pick.sample));
      expect(got.selection).toMatchObject({ threshold: null, meanScore: null, scored: 0, missed: [] });
    }
    expect(new Set(seen).size).toBe(40);
  });

  it("never picks a sample twice in a round, also where the queue turns over", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (size, count, seed) => {
          const order = new Random(seed, "q");
          let queue: number[] = [];
          for (let round = 0; round < 5; round++) {
            const got = selectRandom(size, count, queue, FRESH, order);
            queue = got.queue;
            const picked = got.selection.picks.map((pick) => pick.sample);
            expect(picked).toHaveLength(Math.min(size, count));
            expect(new Set(picked).size).toBe(picked.length);
          }
        },
      ),
    );
  });
});

describe("selectSweep", () => {
  it("goes through the order in parts that cover the pool", () => {
    const keys = [4, 0, 3, 1, 2, 5, 9, 8, 7, 6];
    const parts = [1, 2, 3, 4, 5].map((round) =>
      selectSweep(keys, 2, round, 5, FRESH, random()).picks.map((pick) => pick.score!),
    );
    expect(parts.map((part) => [...part].sort())).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
  });
});

describe("nextBatch", () => {
  it("uses every pick once before any twice, and keeps the order where asked", () => {
    const order = random();
    let queue: number[] = [];
    const used: number[] = [];
    for (let step = 0; step < 8; step++) {
      const got = nextBatch(queue, indices(64), 8, "shuffled", order);
      queue = got.queue;
      used.push(...got.batch);
    }
    expect([...used].sort((a, b) => a - b)).toEqual(indices(64));
    expect(nextBatch([], [5, 4, 3], 2, "descending", order)).toEqual({ batch: [5, 4], queue: [3] });
  });

  it("turns over inside a batch when the picks do not divide it", () => {
    const got = nextBatch([1], [1, 2, 3], 4, "descending", random());
    expect(got).toEqual({ batch: [1, 1, 2, 3], queue: [] });
  });

  it("ends on an empty pool", () => {
    expect(nextBatch([], [], 4, "shuffled", random())).toEqual({ batch: [], queue: [] });
  });
});
