// Splits the joined projection into q, k and v with per-head norm and rotary encoding; and the gradient of that.
import {
  qkvRope,
  qkvRopeAny,
  qkvRopeBuffers,
  qkvRopeGrad,
  qkvRopeGradAny,
  qkvRopeTurn,
} from "../../../shaders/attention/index";
import { qkvRopeLoops } from "../../../shaders/attention/qkv_rope";
import { qkvRopeGradLoops } from "../../../shaders/attention/qkv_rope_grad";
import { row, thread } from "../../../shaders/common/index";
import { defineKernel, fold, remembered } from "../kernel";
import type { Recorder } from "../recorder";
import { ropeTableWidth } from "../ropeTable";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";
import type { RowLanes } from "./rowLanes";

/** Whether half a head is whole vec4s and few enough of them to be written out: at 128 that compiles for 2 s. */
const writtenOut = (headDim: number): boolean => headDim % 8 === 0 && headDim <= 64;

const pairsOf = (headDim: number): string => `const PAIRS = ${headDim / 8}u;`;

/** The variants for heads of `headDim` entries in workgroups of `threads`; for other widths one thread a head. */
const forwardKernel = remembered((headDim: number, threads: number) => {
  if (!writtenOut(headDim)) return defineKernel([thread, row, qkvRopeBuffers, qkvRopeTurn, qkvRopeAny]);
  const parts = [pairsOf(headDim), thread, row, qkvRopeBuffers, qkvRope, qkvRopeLoops(headDim / 8)] as const;
  return defineKernel(parts, { overrides: { WG: threads } });
});
const backwardKernel = remembered((headDim: number, threads: number) => {
  if (!writtenOut(headDim)) return defineKernel([thread, row, qkvRopeBuffers, qkvRopeTurn, qkvRopeGradAny]);
  const parts = [
    pairsOf(headDim),
    thread,
    row,
    qkvRopeBuffers,
    qkvRopeGrad,
    qkvRopeGradLoops(headDim / 8),
  ] as const;
  return defineKernel(parts, { overrides: { WG: threads } });
});

/** H, K, D, the epsilon inside the norm's root, and whether q and k are normed at all (Qwen3). */
export interface QkvRopeOptions {
  heads: number;
  kvHeads: number;
  /** Even. */
  headDim: number;
  eps: number;
  qkNorm: boolean;
  /** From rowLanes: 1 = a thread takes a whole row where there are rows enough. Sets the speed only, never the bits. */
  lanes?: RowLanes;
}

/** What both directions read; the norms are f32[P], null without qkNorm. `table` is from ropeTable(). */
export interface QkvRopeInputs {
  qkv: Tensor;
  rows: Tensor;
  qNorm: Tensor | null;
  kNorm: Tensor | null;
  table: Tensor;
}

/** From this many rows on, one thread per row keeps every core busy. */
const LONG_ROWS = 64;

/** Checks the shared inputs; returns T, P and what both directions dispatch with. @throws ShapeError */
function shared({ qkv, rows, qNorm, kNorm, table }: QkvRopeInputs, options: QkvRopeOptions) {
  const { heads, kvHeads, headDim, eps, qkNorm, lanes = 32 } = options;
  const padded = 4 * Math.ceil(headDim / 4);
  const [count] = expectShape(rows, ["T", ROW_WORDS]);
  expectShape(qkv, [count, (heads + 2 * kvHeads) * padded]);
  expectShape(table, ["positions", ropeTableWidth(headDim)]);
  if (qkNorm) {
    if (!qNorm || !kNorm) throw new Error("qkNorm needs the tensors qNorm and kNorm");
    expectShape(qNorm, [padded]);
    expectShape(kNorm, [padded]);
  }
  // Without a norm the two slots still need a buffer, which the shader does not read.
  const norms = { qNorm: qNorm ?? table, kNorm: kNorm ?? table };
  const units = heads + 2 * kvHeads;
  // Angles and weights are loaded once a thread, so long threads load less; few rows need more threads.
  const long = writtenOut(headDim) && lanes === 1;
  const parts = writtenOut(headDim) ? (long && count >= LONG_ROWS ? 1 : heads) : units;
  const threads = long ? 16 : 64;
  const dims = {
    rows: count,
    heads,
    kvHeads,
    headDim,
    qkNorm: qkNorm ? 1 : 0,
    eps,
    parts,
  };
  const grid = fold(Math.ceil((count * parts) / threads));
  return { count, padded, norms, dims, units, threads, grid };
}

/**
 * qkv f32[T, (H + 2K)·P] → q f32[T, H·P], and k, v f32[M, K·P] at rows `rows[t].kv`. Padding entries stay 0.
 * Every rows[t].position must be in the table, every rows[t].kv below M and used once.
 * @throws ShapeError
 */
export function encodeQkvRope(
  rec: Recorder,
  tensors: QkvRopeInputs & { q: Tensor; k: Tensor; v: Tensor },
  options: QkvRopeOptions,
): void {
  const { heads, kvHeads } = options;
  const { count, padded, norms, dims, units, threads, grid } = shared(tensors, options);
  expectShape(tensors.q, [count, heads * padded]);
  const [keyRows] = expectShape(tensors.k, ["M", kvHeads * padded]);
  expectShape(tensors.v, [keyRows, kvHeads * padded]);
  rec.dispatch(
    forwardKernel(options.headDim, threads),
    { ...tensors, ...norms, dims },
    grid,
    6 * count * units * padded,
  );
}

/**
 * dq f32[T, H·P] and dkv f32[T, 2K·P] (k heads, then v heads) → dqkv f32[T, (H + 2K)·P], overwritten. Training only:
 * rows[t].kv = t. No gradient of the norm weights.
 * @throws ShapeError
 */
export function encodeQkvRopeGrad(
  rec: Recorder,
  tensors: QkvRopeInputs & { dq: Tensor; dkv: Tensor; dqkv: Tensor },
  options: QkvRopeOptions,
): void {
  const { heads, kvHeads } = options;
  const { count, padded, norms, dims, units, threads, grid } = shared(tensors, options);
  expectShape(tensors.dq, [count, heads * padded]);
  expectShape(tensors.dkv, [count, 2 * kvHeads * padded]);
  expectShape(tensors.dqkv, [count, (heads + 2 * kvHeads) * padded]);
  rec.dispatch(
    backwardKernel(options.headDim, threads),
    { ...tensors, ...norms, dims },
    grid,
    10 * count * units * padded,
  );
}
