// Norm, clip factor and finite flag of the reference.
import { describe, expect, test } from "vitest";
import { gradNormReference } from "./gradNorm";

describe("gradNormReference", () => {
  test.each([
    { why: "below the limit", grad: [3, 4, 0, 0], loss: 2, clip: 10, want: [2, 5, 1, 1] },
    { why: "above the limit", grad: [3, 4, 0, 0], loss: 2, clip: 1, want: [2, 5, 1 / (5 + 1e-6), 1] },
    { why: "no clipping", grad: [3, 4, 0, 0], loss: 2, clip: 0, want: [2, 5, 1, 1] },
    { why: "nothing to clip", grad: [0, 0, 0, 0], loss: 2, clip: 1, want: [2, 0, 1, 1] },
    { why: "NaN in the gradient", grad: [3, NaN, 0, 0], loss: 2, clip: 1, want: [2, Infinity, 0, 0] },
    { why: "infinite loss", grad: [3, 4, 0, 0], loss: Infinity, clip: 1, want: [Infinity, 5, 0, 0] },
    {
      why: "a norm past the largest f32",
      grad: [3e38, 3e38, 0, 0],
      loss: 2,
      clip: 1,
      want: [2, Infinity, 0, 0],
    },
  ])("$why", ({ grad, loss, clip, want }) => {
    expect(gradNormReference(grad, loss, clip)).toEqual(want);
  });
});
