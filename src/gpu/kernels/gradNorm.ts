// Computes, all on the GPU, the norm of the gradient, the clip factor, and whether loss and gradient are finite.
import { finiteNorm, thread } from "../../../shaders/common/index";
import { gradNorm, gradNormPartial } from "../../../shaders/optim/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const gradNormPartialKernel = defineKernel([thread, finiteNorm, gradNormPartial], {
  overrides: { WG },
});
export const gradNormKernel = defineKernel([finiteNorm, gradNorm], { overrides: { LANES: 64 } });

/** How many partial norms suit a gradient of `parameters` entries: 1 … 8,192. Any other number works too. */
export const gradNormPartials = (parameters: number): number =>
  Math.min(8192, Math.max(1, Math.ceil(parameters / 128)));

/**
 * status = [loss, norm, clip factor, finite]: factor = clipNorm > 0 ? min(1, clipNorm / (norm + 1e-6)) : 1; finite is 1
 * when loss and norm are, else 0 and the factor is 0. `grad` f32[P] with P a multiple of 4, `partials` f32[G]
 * (scratch, G from gradNormPartials), `loss` f32[1], `status` f32[4] overwritten. A norm above the
 * largest f32 counts as not finite. Subnormal entries count as 0.
 * @throws ShapeError
 */
export function encodeGradNorm(
  rec: Recorder,
  tensors: TensorsFor<typeof gradNormPartialKernel> & TensorsFor<typeof gradNormKernel>,
  { clipNorm }: { clipNorm: number },
): void {
  const { grad, partials, loss, status } = tensors;
  const [parameters] = expectShape(grad, ["P"]);
  const [count] = expectShape(partials, ["G"]);
  expectShape(loss, [1]);
  expectShape(status, [4]);
  expectVectors(grad, parameters);
  const dims = { count4: parameters / 4, count };
  rec.dispatch(gradNormPartialKernel, { grad, partials, dims }, fold(Math.ceil(count / WG)), 2 * parameters);
  rec.dispatch(gradNormKernel, { partials, loss, status, dims: { count, clipNorm } }, [1, 1, 1], 2 * count);
}
