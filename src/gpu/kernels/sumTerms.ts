// The loss: one number from its terms, added in a fixed order.
import source from "../../../shaders/loss/sum_terms.wgsl?raw";
import { defineKernel } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, type Tensor } from "../tensor";

export const sumTermsKernel = defineKernel({
  entry: "sum_terms",
  source,
  bindings: [
    ["terms", "read"],
    ["total", "write"],
  ],
  dims: [
    ["count", "u32"],
    ["accumulate", "u32"],
  ],
  overrides: { WG: 32 },
});

/** total[0] = (accumulate ? total[0] : 0) + Σ terms; `terms` f32[M], `total` f32[1]. @throws ShapeError */
export function encodeSumTerms(
  rec: Recorder,
  tensors: { terms: Tensor; total: Tensor },
  options: { accumulate: boolean },
): void {
  const [count] = expectShape(tensors.terms, ["M"]);
  expectShape(tensors.total, [1]);
  rec.dispatch(
    sumTermsKernel,
    { ...tensors, dims: { count, accumulate: Number(options.accumulate) } },
    [1, 1, 1],
    count,
  );
}
