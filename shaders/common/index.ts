// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import finiteNormText from "./finite_norm.wgsl?raw";
import laneExchangeText from "./lane_exchange.wgsl?raw";
import logitCutText from "./logit_cut.wgsl?raw";
import randomText from "./random.wgsl?raw";
import rowText from "./row.wgsl?raw";
import threadText from "./thread.wgsl?raw";
import weightsBf16Text from "./weights_bf16.wgsl?raw";
import weightsF16Text from "./weights_f16.wgsl?raw";
import weightsF32Text from "./weights_f32.wgsl?raw";
import weightsInt4Text from "./weights_int4.wgsl?raw";
import weightsInt8Text from "./weights_int8.wgsl?raw";

export const finiteNorm = /* @__PURE__ */ shader(finiteNormText, {}, []);

export const laneExchange = /* @__PURE__ */ shader(laneExchangeText, {}, []);

export const logitCut = /* @__PURE__ */ shader(logitCutText, {}, []);

export const random = /* @__PURE__ */ shader(randomText, {}, []);

export const row = /* @__PURE__ */ shader(rowText, {}, []);

export const thread = /* @__PURE__ */ shader(threadText, {}, []);

export const weightsBf16 = /* @__PURE__ */ shader(weightsBf16Text,
  { 1: ["weights", "read", "vec2u"] },
  []);

export const weightsF16 = /* @__PURE__ */ shader(weightsF16Text,
  { 1: ["weights", "read", "vec2u"] },
  []);

export const weightsF32 = /* @__PURE__ */ shader(weightsF32Text,
  { 1: ["weights", "read", "vec4f"] },
  []);

export const weightsInt4 = /* @__PURE__ */ shader(weightsInt4Text,
  { 1: ["weights", "read", "u32"] },
  []);

export const weightsInt8 = /* @__PURE__ */ shader(weightsInt8Text,
  { 1: ["weights", "read", "u32"] },
  []);
