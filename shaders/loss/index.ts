// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import headFinishText from "./head_finish.wgsl?raw";
import headGradText from "./head_grad.wgsl?raw";
import logitMomentsText from "./logit_moments.wgsl?raw";
import policyGradientText from "./policy_gradient.wgsl?raw";
import sumTermsText from "./sum_terms.wgsl?raw";

export const headFinish = /* @__PURE__ */ shader(headFinishText,
  { 0: ["state", "read", "vec4u"], 1: ["stats", "write", "vec4u"] },
  [["rows", "u32"]]);

export const headGrad = /* @__PURE__ */ shader(headGradText,
  { 0: ["logits", "write", "vec4f"], 1: ["stats", "read", "vec4f"], 2: ["targets", "read", "u32"], 3: ["grads", "read", "vec2f"] },
  [["rows", "u32"], ["width4", "u32"], ["live", "u32"], ["firstVocab", "u32"], ["sharpness", "f32"]]);

export const logitMoments = /* @__PURE__ */ shader(logitMomentsText,
  { 0: ["logits", "read", "vec4f"], 1: ["targets", "read", "u32"], 2: ["state", "write", "vec4u"] },
  [["rows", "u32"], ["width4", "u32"], ["live", "u32"], ["firstVocab", "u32"], ["first", "u32"], ["sharpness", "f32"]]);

export const policyGradient = /* @__PURE__ */ shader(policyGradientText,
  { 0: ["stats", "read", "vec4f"], 1: ["rows", "read", "vec2f"], 2: ["grads", "write", "vec2f"], 3: ["terms", "write", "f32"] },
  [["rows", "u32"], ["epsilonLow", "f32"], ["epsilonHigh", "f32"], ["beta", "f32"], ["klTimesRatio", "u32"], ["hasOld", "u32"], ["hasRef", "u32"]]);

export const sumTerms = /* @__PURE__ */ shader(sumTermsText,
  { 0: ["terms", "read", "f32"], 1: ["total", "write", "f32"] },
  [["count", "u32"], ["accumulate", "u32"]]);
