// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import top20Text from "./top20.wgsl?raw";
import top20BitsText from "./top20_bits.wgsl?raw";

export const top20 = /* @__PURE__ */ shader(top20Text,
  { 0: ["logits", "read", "vec4f"], 1: ["state", "write", "f32"] },
  [["rows", "u32"], ["width4", "u32"], ["live", "u32"], ["first", "u32"]]);

export const top20Bits = /* @__PURE__ */ shader(top20BitsText,
  { 0: ["state", "read", "f32"], 1: ["bits", "write", "f32"] },
  [["rows", "u32"]]);
