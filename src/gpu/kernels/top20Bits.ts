// Entropy of the 20 likeliest tokens, renormalised, in bits.
import { thread } from "../../../shaders/common/index";
import { top20Bits } from "../../../shaders/curriculum/index";
import { defineKernel, fold, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape } from "../tensor";
import { KEPT } from "./top20";

const WG = 32;
export const top20BitsKernel = defineKernel([thread, top20Bits], { overrides: { WG } });

/** `bits` f32[M] ← −Σ p·log2(p + 1e-12), p = softmax of `state` f32[M, 20] (top20). @throws ShapeError */
export function encodeTop20Bits(rec: Recorder, tensors: TensorsFor<typeof top20BitsKernel>): void {
  const [rows] = expectShape(tensors.state, ["M", KEPT]);
  expectShape(tensors.bits, [rows]);
  rec.dispatch(top20BitsKernel, { ...tensors, dims: { rows } }, fold(Math.ceil(rows / WG)), 160 * rows);
}
