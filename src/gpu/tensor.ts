// A tensor is a labelled range of a GPU buffer with a shape. Shape checks happen before anything is recorded.
import { LabError } from "../lib/errors";

export type DType = "f32" | "u32" | "bf16" | "f16" | "int8" | "int4";

export interface Tensor {
  readonly id: number;
  readonly buffer: GPUBuffer;
  /** Bytes from the start of `buffer`; a multiple of 256. */
  readonly offset: number;
  readonly bytes: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly label: string;
}

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bytes of a tensor, padded to whole u32 words. */
export function byteLength(shape: readonly number[], dtype: DType): number {
  const n = elements(shape);
  const bytes =
    dtype === "f32" || dtype === "u32" ? 4 * n : dtype === "int8" ? n : dtype === "int4" ? n / 2 : 2 * n;
  return Math.max(4, Math.ceil(bytes / 4) * 4);
}

/** A kernel got a tensor of another shape than it needs; a bug of ours. */
export class ShapeError extends LabError {
  constructor(tensor: Tensor, wanted: readonly (number | string)[]) {
    super(
      "internal",
      `${tensor.label} is [${tensor.shape.join(", ")}], the kernel needs [${wanted.join(", ")}]`,
    );
  }
}

/** Checks a shape; letters bind on first use and must agree afterwards. Returns the bound numbers in order. */
export function expectShape(
  tensor: Tensor,
  wanted: readonly (number | string)[],
  letters: Record<string, number> = {},
): number[] {
  const fits =
    tensor.shape.length === wanted.length &&
    wanted.every((want, axis) => {
      const have = tensor.shape[axis];
      if (typeof want === "number") return want === have;
      letters[want] ??= have;
      return letters[want] === have;
    });
  if (!fits)
    throw new ShapeError(
      tensor,
      wanted.map((w) => (typeof w === "number" ? w : `${w}=${letters[w] ?? "?"}`)),
    );
  return [...tensor.shape];
}
