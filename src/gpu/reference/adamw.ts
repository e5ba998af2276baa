// One AdamW step in f64, in the order of torch.optim.AdamW.
import type { AdamWSettings } from "../kernels/adamw";

export interface AdamWState {
  param: Float64Array;
  first: Float64Array;
  second: Float64Array;
}

/** Updates the state in place with the gradient; status = [loss, norm, clip factor, finite]. */
export function adamwReference(
  state: AdamWState,
  grad: ArrayLike<number>,
  status: ArrayLike<number>,
  s: AdamWSettings,
): void {
  if (status[3] === 0) return;
  const { param, first, second } = state;
  for (let i = 0; i < param.length; i++) {
    const g = grad[i] * status[2];
    param[i] *= 1 - s.learningRate * s.weightDecay;
    first[i] = s.beta1 * first[i] + (1 - s.beta1) * g;
    second[i] = s.beta2 * second[i] + (1 - s.beta2) * g * g;
    const denominator = Math.sqrt(second[i]) / Math.sqrt(s.correction2) + s.epsilon;
    param[i] -= ((s.learningRate / s.correction1) * first[i]) / denominator;
  }
}
