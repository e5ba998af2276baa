// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../../shaders/shader";
import benchBlockText from "./bench_block.wgsl?raw";
import benchCopyText from "./bench_copy.wgsl?raw";
import benchFmaText from "./bench_fma.wgsl?raw";
import benchLoadText from "./bench_load.wgsl?raw";

export const benchBlock = /* @__PURE__ */ shader(benchBlockText,
  { 0: ["to", "write", "vec4f"] },
  [["count", "u32"], ["iterations", "u32"]]);

export const benchCopy = /* @__PURE__ */ shader(benchCopyText,
  { 0: ["source", "read", "vec4f"], 1: ["to", "write", "vec4f"] },
  [["count", "u32"]]);

export const benchFma = /* @__PURE__ */ shader(benchFmaText,
  { 0: ["to", "write", "vec4f"] },
  [["count", "u32"], ["iterations", "u32"]]);

export const benchLoad = /* @__PURE__ */ shader(benchLoadText,
  { 0: ["source", "read", "vec4f"], 1: ["to", "write", "vec4f"] },
  [["count", "u32"], ["iterations", "u32"]]);
