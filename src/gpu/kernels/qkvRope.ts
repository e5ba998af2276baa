// Splits the joined projection into q, k and v with per-head norm and rotary, and the way back.
import row from "../../../shaders/common/row.wgsl?raw";
import source from "../../../shaders/attention/qkv_rope.wgsl?raw";
import anySource from "../../../shaders/attention/qkv_rope_any.wgsl?raw";
import gradSource from "../../../shaders/attention/qkv_rope_grad.wgsl?raw";
import gradAnySource from "../../../shaders/attention/qkv_rope_grad_any.wgsl?raw";
import { defineKernel, fold, type Kernel } from "../kernel";
import type { Recorder } from "../recorder";
import { ropeTableWidth } from "../ropeTable";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";
import { unroll } from "../unroll";
import type { RowLanes } from "./rowLanes";

const anyDims = [
  ["rows", "u32"],
  ["heads", "u32"],
  ["kvHeads", "u32"],
  ["headDim", "u32"],
  ["qkNorm", "u32"],
  ["eps", "f32"],
] as const;
const dims = [
  ["rows", "u32"],
  ["heads", "u32"],
  ["kvHeads", "u32"],
  ["qkNorm", "u32"],
  ["eps", "f32"],
  ["parts", "u32"],
] as const;
const FORWARD = [
  ["qkv", "read"],
  ["rows", "read"],
  ["qNorm", "read"],
  ["kNorm", "read"],
  ["table", "read"],
  ["q", "write"],
  ["k", "write"],
  ["v", "write"],
] as const;
const BACKWARD = [
  ["dq", "read"],
  ["dkv", "read"],
  ["qkv", "read"],
  ["rows", "read"],
  ["qNorm", "read"],
  ["kNorm", "read"],
  ["table", "read"],
  ["dqkv", "write"],
] as const;

/** Every other width: one thread a head, nothing unrolled. */
const anyForward = defineKernel({
  entry: "qkv_rope_any",
  source: `${row}\n${anySource}`,
  bindings: FORWARD,
  dims: anyDims,
});
const anyBackward = defineKernel({
  entry: "qkv_rope_grad_any",
  source: `${row}\n${gradAnySource}`,
  bindings: BACKWARD,
  dims: anyDims,
});

/** Whether half a head is whole vec4s and few enough of them to be written out: at 128 that compiles for 2 s. */
const unrolled = (headDim: number): boolean => headDim % 8 === 0 && headDim <= 64;

const cache = new Map<string, Kernel>();
/** The form for heads of `headDim` entries, in workgroups of `threads`. */
function kernel(direction: "forward" | "backward", headDim: number, threads: number): Kernel {
  const forward = direction === "forward";
  if (!unrolled(headDim)) return forward ? anyForward : anyBackward;
  const key = `${direction} ${headDim} ${threads}`;
  let found = cache.get(key);
  if (!found) {
    found = defineKernel({
      entry: forward ? "qkv_rope" : "qkv_rope_grad",
      source: unroll(`const PAIRS = ${headDim / 8}u;\n${row}\n${forward ? source : gradSource}`, {
        PAIRS: headDim / 8,
      }),
      bindings: forward ? FORWARD : BACKWARD,
      dims,
      overrides: { WG: threads },
    });
    cache.set(key, found);
  }
  return found;
}

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

/** Rows from which a thread a row keeps every core busy. */
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
  // Without a norm the two slots still need a buffer; the shader does not look at it.
  const norms = { qNorm: qNorm ?? table, kNorm: kNorm ?? table };
  const units = heads + 2 * kvHeads;
  // Angles and weights are loaded once a thread, so long threads load less; few rows need more threads.
  const long = unrolled(headDim) && lanes === 1;
  const parts = unrolled(headDim) ? (long && count >= LONG_ROWS ? 1 : heads) : units;
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
    kernel("forward", options.headDim, threads),
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
    kernel("backward", options.headDim, threads),
    { ...tensors, ...norms, dims },
    grid,
    10 * count * units * padded,
  );
}
