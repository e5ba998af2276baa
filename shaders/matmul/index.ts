// Read from the WGSL of this folder by src/gpu/shaders.test.ts, which also renews it (-u). Not edited by hand.
import { shader } from "../shader";
import addText from "./add.wgsl?raw";
import dimsText from "./dims.wgsl?raw";
import dimsDxText from "./dims_dx.wgsl?raw";
import matmulDxQuadText from "./matmul_dx_quad.wgsl?raw";
import matmulDxRegisterText from "./matmul_dx_register.wgsl?raw";
import matmulDxTileText from "./matmul_dx_tile.wgsl?raw";
import matmulQuadText from "./matmul_quad.wgsl?raw";
import matmulRegisterText from "./matmul_register.wgsl?raw";
import matmulTileText from "./matmul_tile.wgsl?raw";

export const add = /* @__PURE__ */ shader(addText,
  { 0: ["x", "read", "vec4f"], 1: ["y", "write", "vec4f"] },
  [["count", "u32"]]);

export const dims = /* @__PURE__ */ shader(dimsText,
  { 0: ["x", "read", "vec4f"], 2: ["xa", "read", "vec4f"], 3: ["loraB", "read", "vec4f"], 4: ["bias", "read", "vec4f"], 5: ["y", "write", "vec4f"] },
  [["rows", "u32"], ["k4", "u32"], ["n4", "u32"], ["weightRow", "u32"], ["yStride4", "u32"], ["yColumn4", "u32"], ["rank4", "u32"], ["xaStride4", "u32"], ["segment1", "u32"], ["segment2", "u32"], ["hasBias", "u32"], ["scale", "f32"], ["lanesX", "u32"], ["residualRows", "u32"]]);

export const dimsDx = /* @__PURE__ */ shader(dimsDxText,
  { 0: ["dy", "read", "vec4f"], 2: ["dxa", "read", "vec4f"], 3: ["loraA", "read", "vec4f"], 4: ["dx", "write", "vec4f"] },
  [["rows", "u32"], ["n4", "u32"], ["k4", "u32"], ["weightRow", "u32"], ["yStride4", "u32"], ["yColumn4", "u32"], ["sr", "u32"], ["accumulate", "u32"], ["lanesX", "u32"]]);

export const matmulDxQuad = /* @__PURE__ */ shader(matmulDxQuadText,
  { 0: ["dy8", "read", "mat2x4f"] },
  []);

export const matmulDxRegister = /* @__PURE__ */ shader(matmulDxRegisterText, {}, []);

export const matmulDxTile = /* @__PURE__ */ shader(matmulDxTileText, {}, []);

export const matmulQuad = /* @__PURE__ */ shader(matmulQuadText,
  { 0: ["x8", "read", "mat2x4f"], 6: ["residual", "read", "vec4f"] },
  []);

export const matmulRegister = /* @__PURE__ */ shader(matmulRegisterText, {}, []);

export const matmulTile = /* @__PURE__ */ shader(matmulTileText, {}, []);
