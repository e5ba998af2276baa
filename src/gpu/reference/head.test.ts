// The references of the head's kernels: against each other, against known values, gradients against central
// differences.
import { describe, expect, test } from "vitest";
import { centralDifferences } from "../testing/differences";
import { seeded } from "../testing/suite";
import { headFinishReference, rowStats } from "./headFinish";
import { headGradReference } from "./headGrad";
import { logitMomentsReference, type MomentsReference } from "./logitMoments";
import { GRPO } from "../testing/policy";
import { policySlopes, policyTerm, type PolicyRow } from "./policyGradient";
import { top20Reference } from "./top20";
import { top20BitsReference } from "./top20Bits";

describe("moments", () => {
  test.each([
    { why: "one tile", tiles: [37] },
    { why: "tiles of one", tiles: [1, 1, 1] },
    { why: "ragged tiles", tiles: [8, 3, 12] },
  ])("$why finish to the plain statistics", ({ tiles }) => {
    const vocab = tiles.reduce((a, b) => a + b);
    const logits = seeded(3, vocab, 9);
    const target = vocab - 2;
    let [state, at] = [null as MomentsReference | null, 0];
    for (const width of tiles) {
      // Two columns of padding behind each tile.
      const tile = [...logits.subarray(at, at + width), 99, 99];
      state = logitMomentsReference(tile, target, at, at + width, state);
      at += width;
    }
    const want = rowStats(logits, target);
    const got = headFinishReference(state!.peak, state!.mass, state!.tilt, state!.target);
    expect(got.logprob).toBeCloseTo(want.logprob, 12);
    expect(got.entropy).toBeCloseTo(want.entropy, 12);
    expect(state!.best).toBe(want.argmax);
  });

  test("a flat row is ln V", () => {
    const got = rowStats(new Float64Array(8), 3);
    for (const nats of [-got.logprob, got.entropy, got.lse]) expect(nats).toBeCloseTo(Math.log(8), 12);
    expect(got.argmax).toBe(0);
  });
});

test.each([
  { why: "likelihood only", gLogp: -0.7, gEntropy: 0, scale: 2 },
  { why: "entropy only", gLogp: 0, gEntropy: 1.3, scale: 2 },
  { why: "both, peaked", gLogp: 0.4, gEntropy: -0.2, scale: 8 },
])("head gradient against central differences: $why", ({ gLogp, gEntropy, scale }) => {
  const logits = Float64Array.from(seeded(5, 11, scale));
  const loss = (moved: Float64Array) => {
    const { logprob, entropy } = rowStats(moved, 4);
    return gLogp * logprob + gEntropy * entropy;
  };
  const want = centralDifferences(loss, logits);
  headGradReference(logits, 4, gLogp, gEntropy).forEach((got, v) => expect(got).toBeCloseTo(want[v], 8));
});

describe("policy", () => {
  const row: PolicyRow = {
    nllWeight: 0.3,
    pgWeight: 0.8,
    advantage: 1.2,
    oldLogprob: -1,
    refLogprob: -1.4,
    entropyWeight: 0.04,
  };
  test.each([
    { why: "inside the interval", logp: -1.05 },
    { why: "clipped above", logp: -0.5, slope: 0 },
    { why: "below, good advantage: still moves", logp: -2 },
    { why: "above, bad advantage: still moves", logp: -0.5, row: { advantage: -1 } },
    { why: "clipped below, bad advantage", logp: -2, row: { advantage: -1 }, slope: 0 },
    { why: "kl not times the ratio", logp: -1.1, options: { klTimesRatio: false } },
    { why: "likelihood only", logp: -3, row: { pgWeight: 0 } },
  ])("slopes against central differences: $why", ({ logp, row: r, options: o, slope }) => {
    const [myRow, mine] = [
      { ...row, ...r },
      { ...GRPO, ...o },
    ];
    const want = centralDifferences(([l, h]) => policyTerm(l, h, myRow, mine), [logp, 0.9]);
    const got = policySlopes(logp, myRow, mine);
    expect(got[0]).toBeCloseTo(want[0], 7);
    expect(got[1]).toBeCloseTo(want[1], 7);
    if (slope !== undefined) {
      const bare = policySlopes(logp, { ...myRow, nllWeight: 0 }, { ...mine, beta: 0 });
      expect(bare[0]).toBeCloseTo(slope, 14);
    }
  });

  test("without old the ratio is 1 and its slope stays: as with old = logp", () => {
    const logp = -1.3;
    const without = policySlopes(logp, row, { ...GRPO, hasOld: false });
    expect(without).toEqual(policySlopes(logp, { ...row, oldLogprob: logp }, GRPO));
    expect(policySlopes(logp, { ...row, nllWeight: 0 }, { ...GRPO, hasOld: false, hasRef: false })[0]).toBe(
      -0.8 * 1.2,
    );
  });
});

describe("top 20", () => {
  test("flat over 20 of many is log2 20, fewer tokens than 20 still work", () => {
    expect(top20BitsReference(top20Reference(new Float64Array(100)))).toBeCloseTo(Math.log2(20), 9);
    expect(top20BitsReference(top20Reference(new Float64Array(4)))).toBeCloseTo(2, 9);
    expect(top20Reference([1, 3, 2]).slice(0, 4)).toEqual([3, 2, 1, -1e30]);
  });
});
