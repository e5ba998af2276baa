// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import sampleText from "./sample.wgsl?raw";

export const sample = /* @__PURE__ */ shader(sampleText,
  { 0: ["logits", "read", "vec4f"], 1: ["stops", "read", "u32"], 2: ["rows", "write", "Row"], 3: ["slots", "write", "vec4u"], 4: ["out", "write", "vec4u"] },
  [["width4", "u32"], ["vocab", "u32"], ["count", "u32"], ["step", "u32"], ["stopCount", "u32"], ["maxNew", "u32"], ["seed", "u32"], ["topK", "u32"], ["topP", "f32"], ["sharpness", "f32"], ["wantTop20", "u32"]]);
