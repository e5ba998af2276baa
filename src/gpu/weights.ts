// Frozen matrices as they lie on the GPU: stored dtype, rows padded to whole vec4 (or quantisation groups),
// split by output rows where one binding would be too large.
import bf16 from "../../shaders/common/weights_bf16.wgsl?raw";
import f16 from "../../shaders/common/weights_f16.wgsl?raw";
import f32 from "../../shaders/common/weights_f32.wgsl?raw";
import int4 from "../../shaders/common/weights_int4.wgsl?raw";
import int8 from "../../shaders/common/weights_int8.wgsl?raw";
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

const FRAGMENTS: Record<WeightType, string> = { f32, bf16, f16, int8, int4 };

/** WGSL that declares group 0 binding 1 `weights` and `weight4(index of vec4)`; joined before a kernel's source. */
export const weightSource = (dtype: WeightType): string => FRAGMENTS[dtype];

/** Bytes of one row as stored. */
export function weightRowBytes(cols: number, dtype: WeightType): number {
  if (dtype === "f32") return 4 * cols;
  if (dtype === "int8") return (cols / 32) * 36;
  if (dtype === "int4") return (cols / 32) * 24;
  return 2 * cols;
}
