// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import geluTanhMulText from "./gelu_tanh_mul.wgsl?raw";
import geluTanhMulGradText from "./gelu_tanh_mul_grad.wgsl?raw";
import siluMulText from "./silu_mul.wgsl?raw";
import siluMulGradText from "./silu_mul_grad.wgsl?raw";

export const geluTanhMul = /* @__PURE__ */ shader(geluTanhMulText,
  { 0: ["gateUp", "read", "vec4f"], 1: ["act", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);

export const geluTanhMulGrad = /* @__PURE__ */ shader(geluTanhMulGradText,
  { 0: ["dAct", "read", "vec4f"], 1: ["gateUp", "read", "vec4f"], 2: ["dGateUp", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);

export const siluMul = /* @__PURE__ */ shader(siluMulText,
  { 0: ["gateUp", "read", "vec4f"], 1: ["act", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);

export const siluMulGrad = /* @__PURE__ */ shader(siluMulGradText,
  { 0: ["dAct", "read", "vec4f"], 1: ["gateUp", "read", "vec4f"], 2: ["dGateUp", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);
