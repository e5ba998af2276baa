// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import rmsNormText from "./rms_norm.wgsl?raw";
import rmsNormAloneText from "./rms_norm_alone.wgsl?raw";
import rmsNormGradText from "./rms_norm_grad.wgsl?raw";
import rmsNormGradAloneText from "./rms_norm_grad_alone.wgsl?raw";

export const rmsNorm = /* @__PURE__ */ shader(rmsNormText,
  { 0: ["x", "read", "vec4f"], 1: ["weight", "read", "vec4f"], 2: ["y", "write", "vec4f"], 3: ["inv", "write", "f32"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"], ["eps", "f32"]]);

export const rmsNormAlone = /* @__PURE__ */ shader(rmsNormAloneText,
  { 0: ["x", "read", "vec4f"], 1: ["weight", "read", "vec4f"], 2: ["y", "write", "vec4f"], 3: ["inv", "write", "f32"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"], ["eps", "f32"]]);

export const rmsNormGrad = /* @__PURE__ */ shader(rmsNormGradText,
  { 0: ["dy", "read", "vec4f"], 1: ["x", "read", "vec4f"], 2: ["weight", "read", "vec4f"], 3: ["inv", "read", "f32"], 4: ["dx", "write", "vec4f"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"]]);

export const rmsNormGradAlone = /* @__PURE__ */ shader(rmsNormGradAloneText,
  { 0: ["dy", "read", "vec4f"], 1: ["x", "read", "vec4f"], 2: ["weight", "read", "vec4f"], 3: ["inv", "read", "f32"], 4: ["dx", "write", "vec4f"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"]]);
