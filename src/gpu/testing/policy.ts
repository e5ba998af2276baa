// Settings of the policy objective with every term at work, for tests.
import type { PolicySettings } from "../kernels/policyGradient";

export const GRPO: PolicySettings = {
  epsilonLow: 0.2,
  epsilonHigh: 0.28,
  beta: 0.1,
  klTimesRatio: true,
  hasOld: true,
  hasRef: true,
};
