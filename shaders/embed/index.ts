// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import embedText from "./embed.wgsl?raw";
import gatherRowsText from "./gather_rows.wgsl?raw";
import scatterRowsText from "./scatter_rows.wgsl?raw";

export const embed = /* @__PURE__ */ shader(embedText,
  { 0: ["rows", "read", "Row"], 2: ["x", "write", "vec4f"] },
  [["count", "u32"], ["columns4", "u32"], ["stride4", "u32"], ["firstRow", "u32"], ["shardRows", "u32"], ["scale", "f32"]]);

export const gatherRows = /* @__PURE__ */ shader(gatherRowsText,
  { 0: ["x", "read", "vec4f"], 1: ["index", "read", "u32"], 2: ["y", "write", "vec4f"] },
  [["count", "u32"], ["columns4", "u32"], ["rows", "u32"]]);

export const scatterRows = /* @__PURE__ */ shader(scatterRowsText,
  { 0: ["dy", "read", "vec4f"], 1: ["offsets", "read", "u32"], 2: ["list", "read", "u32"], 3: ["dx", "write", "vec4f"] },
  [["count", "u32"], ["columns4", "u32"]]);
