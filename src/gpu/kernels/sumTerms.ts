// Sums the terms of the loss to one number, in a fixed order.
import { sumTerms } from "../../../shaders/loss/index";
import { defineKernel, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";

export const sumTermsKernel = defineKernel([sumTerms], { overrides: { WG: 32 } });

/** total[0] = (accumulate ? total[0] : 0) + Σ terms; `terms` f32[M], `total` f32[1]. @throws ShapeError */
export function encodeSumTerms(
  rec: Recorder,
  tensors: TensorsFor<typeof sumTermsKernel>,
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
