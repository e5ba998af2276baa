// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import loraGradXaText from "./lora_grad_xa.wgsl?raw";
import loraOuterText from "./lora_outer.wgsl?raw";
import loraSumText from "./lora_sum.wgsl?raw";

export const loraGradXa = /* @__PURE__ */ shader(loraGradXaText,
  { 0: ["dy", "read", "vec4f"], 1: ["loraB", "read", "vec4f"], 2: ["dxa", "write", "vec4f"] },
  [["rows", "u32"], ["rank4", "u32"], ["sr4", "u32"], ["segment1", "u32"], ["segment2", "u32"], ["n4", "u32"], ["yStride4", "u32"], ["scale", "f32"]]);

export const loraOuter = /* @__PURE__ */ shader(loraOuterText,
  { 0: ["narrow", "read", "vec4f"], 1: ["wide", "read", "vec4f"], 2: ["partial", "write", "vec4f"] },
  [["rows", "u32"], ["chunk", "u32"], ["narrow4", "u32"], ["wide4", "u32"], ["narrowStride4", "u32"], ["wideStride4", "u32"], ["segment1", "u32"], ["segment2", "u32"], ["slotWidth4", "u32"], ["transposed", "u32"]]);

export const loraSum = /* @__PURE__ */ shader(loraSumText,
  { 0: ["partial", "read", "vec4f"], 1: ["grad", "write", "vec4f"] },
  [["count4", "u32"], ["chunks", "u32"], ["scale", "f32"]]);
