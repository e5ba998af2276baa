// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import fmaCeilingText from "./fma_ceiling.wgsl?raw";
import showRandomText from "./show_random.wgsl?raw";
import smokeCopyText from "./smoke_copy.wgsl?raw";

export const fmaCeiling = /* @__PURE__ */ shader(fmaCeilingText,
  { 0: ["sums", "write", "vec4f"] },
  [["rows", "u32"], ["iterations", "u32"]]);

export const showRandom = /* @__PURE__ */ shader(showRandomText,
  { 0: ["counters", "read", "vec4u"], 1: ["words", "write", "vec4u"], 2: ["units", "write", "vec4f"], 3: ["noise", "write", "vec4f"] },
  []);

export const smokeCopy = /* @__PURE__ */ shader(smokeCopyText,
  { 0: ["source", "read", "f32"], 1: ["to", "write", "f32"] },
  [["count", "u32"]]);
