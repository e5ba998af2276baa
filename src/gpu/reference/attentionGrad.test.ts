// The attention reference at values known by heart, and its gradients against central differences.
import { describe, expect, test } from "vitest";
import { centralDifferences, inner } from "../testing/differences";
import { clearPadding, packedRows } from "../testing/packing";
import { seeded } from "../testing/suite";
import { attentionReference } from "./attention";
import { attentionGradReference } from "./attentionGrad";
import { paddedHead } from "./qkvRope";

describe("attentionReference", () => {
  test("equal scores: the mean of the visible values, lse = score + log(count)", () => {
    const rows = packedRows([{ prefix: 1, children: [2, 1] }]);
    const shape = { heads: 1, kvHeads: 1, headDim: 4 };
    const v = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const q = new Float64Array(16).fill(1);
    const { o, lse } = attentionReference({ q, k: q, v, rows }, shape);
    const third = 1 / 3;
    const want = [1, 0, 0, 0, 0.5, 0.5, 0, 0, third, third, third, 0, 0.5, 0, 0, 0.5];
    want.forEach((value, i) => expect(o[i]).toBeCloseTo(value, 12));
    // q·k = 4, scaled by 1/2.
    [1, 2, 3, 2].forEach((keys, t) => expect(lse[t]).toBeCloseTo(2 + Math.log(keys), 12));
  });
});

describe("attentionGradReference", () => {
  test.each([
    { why: "one document", heads: 1, kvHeads: 1, headDim: 4, groups: [{ prefix: 0, children: [4] }] },
    { why: "prefix groups", heads: 2, kvHeads: 1, headDim: 4, groups: [{ prefix: 2, children: [1, 2] }] },
    { why: "padded head", heads: 4, kvHeads: 2, headDim: 6, groups: [{ prefix: 0, children: [1, 2] }] },
  ])("$why", ({ heads, kvHeads, headDim, groups }) => {
    const shape = { heads, kvHeads, headDim };
    const padded = paddedHead(headDim);
    const rows = packedRows(groups);
    const count = rows.token.length;
    const fill = (seed: number, n: number) => clearPadding(seeded(seed, count * n * padded, 2), headDim);
    const inputs = { q: fill(1, heads), k: fill(2, kvHeads), v: fill(3, kvHeads), rows };
    const dO = fill(4, heads);
    const got = attentionGradReference(inputs, dO, shape);
    const along = (name: "q" | "k" | "v") =>
      centralDifferences(
        (moved) => inner(attentionReference({ ...inputs, [name]: moved }, shape).o, dO),
        inputs[name],
      );
    const [dq, dk, dv] = [along("q"), along("k"), along("v")];
    const width = kvHeads * padded;
    // Differences with step 1e-5 are good to about 1e-9 here; padding has no gradient by definition.
    const real = (i: number, value: number) => (i % padded < headDim ? value : 0);
    dq.forEach((want, i) => expect(got.dq[i]).toBeCloseTo(real(i, want), 7));
    dk.forEach((_, i) => {
      const at = Math.floor(i / width) * 2 * width + (i % width);
      expect(got.dkv[at]).toBeCloseTo(real(i, dk[i]), 7);
      expect(got.dkv[at + width]).toBeCloseTo(real(i, dv[i]), 7);
    });
  });
});
