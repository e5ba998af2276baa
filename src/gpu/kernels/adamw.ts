// One AdamW step on all adapter parameters, in place; a step with a non-finite loss or gradient changes nothing.
import { thread } from "../../../shaders/common/index";
import { adamw } from "../../../shaders/optim/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { expectVectors } from "./vectors";

const WG = 64;
export const adamwKernel = defineKernel([thread, adamw], { overrides: { WG } });

export interface AdamWSettings {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 1 − beta1^t for step t = 1, 2, … */
  correction1: number;
  /** 1 − beta2^t */
  correction2: number;
}

/**
 * As torch.optim.AdamW (decay decoupled and first) on grad · status[2]; nothing changes if status[3] is 0.
 * `param`, `grad`, `first`, `second` f32[P] with P a multiple of 4, `status` f32[4] from grad_norm. Factors that need
 * more than f32 (1 − lr·wd, 1 − beta, lr / correction1, sqrt(correction2)) are formed here in f64.
 * @throws ShapeError
 */
export function encodeAdamW(
  rec: Recorder,
  tensors: TensorsFor<typeof adamwKernel>,
  settings: AdamWSettings,
): void {
  const [parameters] = expectShape(tensors.param, ["P"]);
  for (const tensor of [tensors.grad, tensors.first, tensors.second]) expectShape(tensor, [parameters]);
  expectShape(tensors.status, [4]);
  expectVectors(tensors.param, parameters);
  const count4 = parameters / 4;
  const dims = {
    count4,
    keep: 1 - settings.learningRate * settings.weightDecay,
    firstShare: 1 - settings.beta1,
    beta2: settings.beta2,
    secondShare: 1 - settings.beta2,
    stepSize: settings.learningRate / settings.correction1,
    rootCorrection2: Math.sqrt(settings.correction2),
    epsilon: settings.epsilon,
  };
  rec.dispatch(adamwKernel, { ...tensors, dims }, fold(Math.ceil(count4 / WG)), 10 * parameters);
}
