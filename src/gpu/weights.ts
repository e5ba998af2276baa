// Frozen weight matrices as they are stored on the GPU: the stored type, rows padded to whole vec4s (or
// quantisation groups), and split by output rows if one binding would be too large.
import { weightsBf16, weightsF16, weightsF32, weightsInt4, weightsInt8 } from "../../shaders/common/index";
import type { Shader } from "../../shaders/shader";
import type { Tensor } from "./tensor";

export type WeightType = "f32" | "bf16" | "f16" | "int8" | "int4";

/** Rows `firstRow … firstRow + rows` of a matrix; `cols` is a multiple of 4 (32 when quantised). */
export interface WeightShard {
  tensor: Tensor;
  dtype: WeightType;
  firstRow: number;
  rows: number;
  cols: number;
}

/** What every stored type declares: the matrix, whatever its words hold. */
export type WeightShader = Shader<{ 1: readonly ["weights", "read", string] }, readonly []>;

const SHADERS: Readonly<Record<WeightType, WeightShader>> = {
  f32: weightsF32,
  bf16: weightsBf16,
  f16: weightsF16,
  int8: weightsInt8,
  int4: weightsInt4,
};

/** WGSL that binds `weights` and reads it by weight4(index of vec4); joined before a kernel's own. */
export const weightShader = (dtype: WeightType): WeightShader => SHADERS[dtype];

/** Bytes of one row as stored. */
export function weightRowBytes(cols: number, dtype: WeightType): number {
  if (dtype === "f32") return 4 * cols;
  if (dtype === "int8") return (cols / 32) * 36;
  if (dtype === "int4") return (cols / 32) * 24;
  return 2 * cols;
}
