// The one rule that all vec4 kernels share: the length of a row is a multiple of 4.
import { ShapeError, type Tensor } from "../tensor";

/** @throws ShapeError if `columns` (a width of `tensor`) is not a multiple of 4. */
export function expectVectors(tensor: Tensor, columns: number): void {
  if (columns % 4) throw new ShapeError(tensor, ["a width that is a multiple of 4"]);
}
