// Splits the joined projection into q, k and v with per-head norm and rotary, and the way back.
import row from "../../../shaders/common/row.wgsl?raw";
import source from "../../../shaders/attention/qkv_rope.wgsl?raw";
import gradSource from "../../../shaders/attention/qkv_rope_grad.wgsl?raw";
import { defineKernel, fold } from "../kernel";
import type { Recorder } from "../recorder";
import { ropeTableWidth } from "../ropeTable";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";

const dims = [
  ["rows", "u32"],
  ["heads", "u32"],
  ["kvHeads", "u32"],
  ["headDim", "u32"],
  ["qkNorm", "u32"],
  ["eps", "f32"],
] as const;

export const qkvRopeKernel = defineKernel({
  entry: "qkv_rope",
  source: `${row}\n${source}`,
  bindings: [
    ["qkv", "read"],
    ["rows", "read"],
    ["qNorm", "read"],
    ["kNorm", "read"],
    ["table", "read"],
    ["q", "write"],
    ["k", "write"],
    ["v", "write"],
  ],
  dims,
});

export const qkvRopeGradKernel = defineKernel({
  entry: "qkv_rope_grad",
  source: `${row}\n${gradSource}`,
  bindings: [
    ["dq", "read"],
    ["dkv", "read"],
    ["qkv", "read"],
    ["rows", "read"],
    ["qNorm", "read"],
    ["kNorm", "read"],
    ["table", "read"],
    ["dqkv", "write"],
  ],
  dims,
});

/** H, K, D, the epsilon inside the norm's root, and whether q and k are normed at all (Qwen3). */
export interface QkvRopeOptions {
  heads: number;
  kvHeads: number;
  /** Even. */
  headDim: number;
  eps: number;
  qkNorm: boolean;
}

/** What both directions read; the norms are f32[P], null without qkNorm. `table` is from ropeTable(). */
export interface QkvRopeInputs {
  qkv: Tensor;
  rows: Tensor;
  qNorm: Tensor | null;
  kNorm: Tensor | null;
  table: Tensor;
}

/** Checks the shared inputs; returns T, P, the dims and the two norms. @throws ShapeError */
function shared({ qkv, rows, qNorm, kNorm, table }: QkvRopeInputs, options: QkvRopeOptions) {
  const { heads, kvHeads, headDim, eps, qkNorm } = options;
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
  return {
    count,
    padded,
    norms,
    dims: { rows: count, heads, kvHeads, headDim, qkNorm: qkNorm ? 1 : 0, eps },
  };
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
  const { count, padded, norms, dims } = shared(tensors, options);
  expectShape(tensors.q, [count, heads * padded]);
  const [keyRows] = expectShape(tensors.k, ["M", kvHeads * padded]);
  expectShape(tensors.v, [keyRows, kvHeads * padded]);
  const threads = count * (heads + 2 * kvHeads);
  rec.dispatch(
    qkvRopeKernel,
    { ...tensors, ...norms, dims },
    fold(Math.ceil(threads / 64)),
    6 * threads * padded,
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
  const { count, padded, norms, dims } = shared(tensors, options);
  expectShape(tensors.dq, [count, heads * padded]);
  expectShape(tensors.dkv, [count, 2 * kvHeads * padded]);
  expectShape(tensors.dqkv, [count, (heads + 2 * kvHeads) * padded]);
  const threads = count * (heads + 2 * kvHeads);
  rec.dispatch(
    qkvRopeGradKernel,
    { ...tensors, ...norms, dims },
    fold(Math.ceil(threads / 64)),
    10 * threads * padded,
  );
}
