// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import gatedMulText from "./gated_mul.wgsl?raw";
import gatedMulGradText from "./gated_mul_grad.wgsl?raw";
import geluTanhText from "./gelu_tanh.wgsl?raw";
import siluText from "./silu.wgsl?raw";

export const gatedMul = /* @__PURE__ */ shader(gatedMulText,
  { 0: ["gateUp", "read", "vec4f"], 1: ["act", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);

export const gatedMulGrad = /* @__PURE__ */ shader(gatedMulGradText,
  { 0: ["dAct", "read", "vec4f"], 1: ["gateUp", "read", "vec4f"], 2: ["dGateUp", "write", "vec4f"] },
  [["count", "u32"], ["inner4", "u32"]]);

export const geluTanh = /* @__PURE__ */ shader(geluTanhText, {}, []);

export const silu = /* @__PURE__ */ shader(siluText, {}, []);
