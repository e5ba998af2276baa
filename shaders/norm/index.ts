// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import rmsNormText from "./rms_norm.wgsl?raw";
import rmsNormBuffersText from "./rms_norm_buffers.wgsl?raw";
import rmsNormGradText from "./rms_norm_grad.wgsl?raw";
import rmsNormGradBuffersText from "./rms_norm_grad_buffers.wgsl?raw";
import rmsNormGradThreadText from "./rms_norm_grad_thread.wgsl?raw";
import rmsNormThreadText from "./rms_norm_thread.wgsl?raw";

export const rmsNorm = /* @__PURE__ */ shader(rmsNormText, {}, []);

export const rmsNormBuffers = /* @__PURE__ */ shader(rmsNormBuffersText,
  { 0: ["x", "read", "vec4f"], 1: ["weight", "read", "vec4f"], 2: ["y", "write", "vec4f"], 3: ["inv", "write", "f32"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"], ["eps", "f32"]]);

export const rmsNormGrad = /* @__PURE__ */ shader(rmsNormGradText, {}, []);

export const rmsNormGradBuffers = /* @__PURE__ */ shader(rmsNormGradBuffersText,
  { 0: ["dy", "read", "vec4f"], 1: ["x", "read", "vec4f"], 2: ["weight", "read", "vec4f"], 3: ["inv", "read", "f32"], 4: ["dx", "write", "vec4f"] },
  [["rows", "u32"], ["columns4", "u32"], ["real", "f32"]]);

export const rmsNormGradThread = /* @__PURE__ */ shader(rmsNormGradThreadText, {}, []);

export const rmsNormThread = /* @__PURE__ */ shader(rmsNormThreadText, {}, []);
