// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import adamwText from "./adamw.wgsl?raw";
import gradNormText from "./grad_norm.wgsl?raw";
import gradNormPartialText from "./grad_norm_partial.wgsl?raw";

export const adamw = /* @__PURE__ */ shader(adamwText,
  { 0: ["grad", "read", "vec4f"], 1: ["status", "read", "f32"], 2: ["param", "write", "vec4f"], 3: ["first", "write", "vec4f"], 4: ["second", "write", "vec4f"] },
  [["count4", "u32"], ["keep", "f32"], ["firstShare", "f32"], ["beta2", "f32"], ["secondShare", "f32"], ["stepSize", "f32"], ["rootCorrection2", "f32"], ["epsilon", "f32"]]);

export const gradNorm = /* @__PURE__ */ shader(gradNormText,
  { 0: ["partials", "read", "u32"], 1: ["loss", "read", "u32"], 2: ["status", "write", "vec4u"] },
  [["count", "u32"], ["clipNorm", "f32"]]);

export const gradNormPartial = /* @__PURE__ */ shader(gradNormPartialText,
  { 0: ["grad", "read", "vec4u"], 1: ["partials", "write", "u32"] },
  [["count4", "u32"], ["count", "u32"]]);
