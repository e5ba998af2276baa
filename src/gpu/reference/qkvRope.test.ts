// The rotary reference at angles known by heart, and its gradient against central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { clearPadding, packedRows } from "../testing/packing";
import { seeded } from "../testing/suite";
import { paddedHead, qkvRopeGradReference, qkvRopeReference } from "./qkvRope";

describe("qkvRopeReference", () => {
  test("a quarter turn sends (1, 0) to (0, 1) in the pair (i, i + D/2)", () => {
    const rows = packedRows([{ prefix: 0, children: [2] }]);
    const head = [1, 2, 0, 0];
    const inputs = {
      qkv: [...head, ...head, ...head, ...head, ...head, ...head],
      rows,
      qNorm: null,
      kNorm: null,
    };
    const shape = { heads: 1, kvHeads: 1, headDim: 4 };
    const got = qkvRopeReference({ ...inputs, frequencies: [Math.PI / 2, Math.PI], eps: 0 }, shape, 2);
    expect([...got.q.slice(0, 4)]).toEqual(head);
    [0, -2, 1, 0].forEach((want, i) => expect(got.q[4 + i]).toBeCloseTo(want, 12));
    expect(got.k).toEqual(got.q);
    expect([...got.v]).toEqual([...head, ...head]);
  });

  test("the norm brings a head to mean square 1 before its weight", () => {
    const rows = packedRows([{ prefix: 0, children: [1] }]);
    const inputs = {
      qkv: [3, 4, 0, 0, 6, 8, 0, 0, 5, 5, 0, 0],
      rows,
      qNorm: [1, 1, 0, 0],
      kNorm: [2, 2, 0, 0],
    };
    const got = qkvRopeReference(
      { ...inputs, frequencies: [1], eps: 0 },
      { heads: 1, kvHeads: 1, headDim: 2 },
      1,
    );
    expect(got.q[0] ** 2 + got.q[1] ** 2).toBeCloseTo(2, 12);
    expect(got.k[0]).toBeCloseTo(2 * got.q[0], 12);
    expect([...got.v]).toEqual([5, 5, 0, 0]);
  });
});

describe("qkvRopeGradReference", () => {
  test.each([
    { why: "norm", heads: 2, kvHeads: 1, headDim: 8, norm: true, eps: 1e-6 },
    { why: "no norm", heads: 2, kvHeads: 2, headDim: 4, norm: false, eps: 1e-6 },
    { why: "padded head, large eps", heads: 1, kvHeads: 1, headDim: 10, norm: true, eps: 0.5 },
  ])("$why", ({ heads, kvHeads, headDim, norm, eps }) => {
    const shape = { heads, kvHeads, headDim };
    const padded = paddedHead(headDim);
    const rows = packedRows([{ prefix: 2, children: [1, 2] }]);
    const frequencies = seeded(9, headDim / 2);
    const qkv = clearPadding(seeded(1, 5 * (heads + 2 * kvHeads) * padded), headDim);
    const weights = (seed: number) => (norm ? clearPadding(seeded(seed, padded, 2), headDim) : null);
    const inputs = { qkv, rows, qNorm: weights(2), kNorm: weights(3), frequencies, eps };
    const dq = clearPadding(seeded(4, 5 * heads * padded), headDim);
    const dkv = clearPadding(seeded(5, 5 * 2 * kvHeads * padded), headDim);
    const got = qkvRopeGradReference(dq, dkv, inputs, shape);
    const want = centralDifferences((moved) => {
      const { q, k, v } = qkvRopeReference({ ...inputs, qkv: moved }, shape, 5);
      let sum = inner(q, dq);
      const width = kvHeads * padded;
      for (let i = 0; i < k.length; i++) {
        const at = Math.floor(i / width) * 2 * width + (i % width);
        sum += k[i] * dkv[at] + v[i] * dkv[at + width];
      }
      return sum;
    }, qkv);
    // Differences with step 1e-5 are good to about 1e-9 here; padding has no gradient by definition.
    for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(i % padded < headDim ? want[i] : 0, 7);
  });
});
