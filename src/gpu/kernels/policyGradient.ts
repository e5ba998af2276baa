// The training objective of each head row (likelihood, clipped policy ratio, KL, entropy) and its two derivatives.
import { thread } from "../../../shaders/common/index";
import { policyGradient } from "../../../shaders/loss/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { STAT_WORDS } from "./headFinish";

const WG = 32;
export const policyGradientKernel = defineKernel([thread, policyGradient], { overrides: { WG } });

/** Words of a row's objective: nllWeight, pgWeight, advantage, oldLogprob, refLogprob, entropyWeight; f32. */
export const OBJECTIVE_WORDS = 6;

export interface PolicySettings {
  epsilonLow: number;
  epsilonHigh: number;
  beta: number;
  klTimesRatio: boolean;
  /** false: the old log-probability is the current one (ratio 1, its gradient kept). */
  hasOld: boolean;
  /** false: no kl term. */
  hasRef: boolean;
}

/** Settings for a batch without policy terms (every pgWeight 0). */
export const NO_POLICY: PolicySettings = {
  epsilonLow: 0,
  epsilonHigh: 0,
  beta: 0,
  klTimesRatio: false,
  hasOld: false,
  hasRef: false,
};

/**
 * terms[m] = nllWeight·(−logp) + pgWeight·(−min(ratio·A, clip(ratio)·A) + beta·kl) − entropyWeight·H and
 * grads[m] = its derivatives by logp and by H. `stats` [M, 4] from headFinish, `rows` f32[M, 6] (OBJECTIVE_WORDS),
 * `grads` f32[M, 2], `terms` f32[M]; both overwritten.
 * @throws ShapeError
 */
export function encodePolicyGradient(
  rec: Recorder,
  tensors: TensorsFor<typeof policyGradientKernel>,
  settings: PolicySettings,
): void {
  const [rows] = expectShape(tensors.stats, ["M", STAT_WORDS]);
  expectShape(tensors.rows, [rows, OBJECTIVE_WORDS]);
  expectShape(tensors.grads, [rows, 2]);
  expectShape(tensors.terms, [rows]);
  const { klTimesRatio, hasOld, hasRef, ...numbers } = settings;
  const dims = {
    rows,
    ...numbers,
    klTimesRatio: Number(klTimesRatio),
    hasOld: Number(hasOld),
    hasRef: Number(hasRef),
  };
  rec.dispatch(policyGradientKernel, { ...tensors, dims }, fold(Math.ceil(rows / WG)), 40 * rows);
}
