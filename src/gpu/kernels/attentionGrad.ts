// Softmax attention over packed rows: backward, in three dispatches without atomics.
import row from "../../../shaders/common/row.wgsl?raw";
import deltaSource from "../../../shaders/attention/attention_delta.wgsl?raw";
import kvSource from "../../../shaders/attention/attention_grad_kv.wgsl?raw";
import kvWideSource from "../../../shaders/attention/attention_grad_kv_wide.wgsl?raw";
import qSource from "../../../shaders/attention/attention_grad_q.wgsl?raw";
import qWideSource from "../../../shaders/attention/attention_grad_q_wide.wgsl?raw";
import { defineKernel, fold, withOverrides } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";
import { headSlice, type AttentionOptions } from "./attention";
import { fitsWide, WIDE_TILES, wideKernel } from "./attentionForms";

export const attentionDeltaKernel = defineKernel({
  entry: "attention_delta",
  source: deltaSource,
  bindings: [
    ["dO", "read"],
    ["o", "read"],
    ["delta", "write"],
  ],
  dims: [["count", "u32"]],
  overrides: { HEAD4: 8 },
});

const inputs = [
  ["q", "read"],
  ["k", "read"],
  ["v", "read"],
  ["dO", "read"],
  ["lse", "read"],
  ["delta", "read"],
  ["rows", "read"],
] as const;
const dims = [
  ["rows", "u32"],
  ["heads", "u32"],
  ["kvHeads", "u32"],
  ["scale", "f32"],
] as const;

export const attentionGradQKernel = defineKernel({
  entry: "attention_grad_q",
  source: `${row}\n${qSource}`,
  bindings: [...inputs, ["dq", "write"]],
  dims,
  overrides: { HEAD4: 8, WIDTH: 8 },
});

/** Tiles of 4 keys a workgroup: few, because a prefix key sees many more rows than a child's. */
const KEY_TILES = 16;

export const attentionGradKvKernel = defineKernel({
  entry: "attention_grad_kv",
  source: `${row}\n${kvSource}`,
  bindings: [...inputs, ["dkv", "write"]],
  dims,
  overrides: { HEAD4: 8, WIDTH: 8, TILES: KEY_TILES },
});

const qWide = { ...attentionGradQKernel, entry: "attention_grad_q_wide", source: qWideSource };
const kvWide = { ...attentionGradKvKernel, entry: "attention_grad_kv_wide", source: kvWideSource };

type HeadOptions = Omit<AttentionOptions, "decode" | "lanes">;

/** delta f32[T, H] = Σ_d dO·o, from dO and o f32[T, H·P]. @throws ShapeError */
export function encodeAttentionDelta(
  rec: Recorder,
  tensors: { dO: Tensor; o: Tensor; delta: Tensor },
  { heads, headDim }: HeadOptions,
): void {
  const head4 = Math.ceil(headDim / 4);
  const [count] = expectShape(tensors.dO, ["T", heads * 4 * head4]);
  expectShape(tensors.o, [count, heads * 4 * head4]);
  expectShape(tensors.delta, [count, heads]);
  const kernel = withOverrides(attentionDeltaKernel, { HEAD4: head4 });
  const cells = count * heads;
  rec.dispatch(
    kernel,
    { ...tensors, dims: { count: cells } },
    fold(Math.ceil(cells / 64)),
    cells * 4 * head4,
  );
}

/** What both gradients read: lse from attention, delta from attention_delta. */
export interface AttentionGradInputs {
  q: Tensor;
  k: Tensor;
  v: Tensor;
  dO: Tensor;
  lse: Tensor;
  delta: Tensor;
  rows: Tensor;
}

/** Checks the inputs; returns T, M and the dispatch's constants. @throws ShapeError */
function shared(tensors: AttentionGradInputs, options: HeadOptions) {
  const { heads, kvHeads, headDim, pairs } = options;
  const scale = options.scoreScale ?? 1 / Math.sqrt(headDim);
  const head4 = Math.ceil(headDim / 4);
  const [count] = expectShape(tensors.rows, ["T", ROW_WORDS]);
  expectShape(tensors.q, [count, heads * 4 * head4]);
  const [keyRows] = expectShape(tensors.k, ["M", kvHeads * 4 * head4]);
  expectShape(tensors.v, [keyRows, kvHeads * 4 * head4]);
  expectShape(tensors.dO, [count, heads * 4 * head4]);
  expectShape(tensors.lse, [count, heads]);
  expectShape(tensors.delta, [count, heads]);
  const width = headSlice(head4);
  const dims = { rows: count, heads, kvHeads, scale };
  const pairCost = (pairs ?? (count * keyRows) / 2) * heads * 4 * head4;
  const overrides = { HEAD4: head4, WIDTH: width };
  return { count, head4, overrides, slices: head4 / width, dims, pairCost };
}

/** dq f32[T, H·P], overwritten. @throws ShapeError */
export function encodeAttentionGradQ(
  rec: Recorder,
  tensors: AttentionGradInputs & { dq: Tensor },
  options: HeadOptions,
): void {
  const { count, head4, overrides, slices, dims, pairCost } = shared(tensors, options);
  const { heads, form = "tiles" } = options;
  expectShape(tensors.dq, tensors.q.shape);
  if (form !== "tiles" && fitsWide(head4)) {
    const wide = wideKernel(qWide, "keys", form, head4);
    const grid = [Math.ceil(count / (4 * WIDE_TILES)), heads, 1] as const;
    rec.dispatch(wide, { ...tensors, dims }, grid, 3 * pairCost);
    return;
  }
  const kernel = withOverrides(attentionGradQKernel, overrides);
  const grid = [Math.ceil(count / 128), heads * slices, 1] as const;
  rec.dispatch(kernel, { ...tensors, dims }, grid, pairCost * (1 + 2 * slices));
}

/** dkv f32[T, 2K·P] (k heads, then v heads), overwritten. Training only: rows[t].kv = t, M = T. @throws ShapeError */
export function encodeAttentionGradKv(
  rec: Recorder,
  tensors: AttentionGradInputs & { dkv: Tensor },
  options: HeadOptions,
): void {
  const { count, head4, overrides, slices, dims, pairCost } = shared(tensors, options);
  const { kvHeads, headDim, form = "tiles" } = options;
  expectShape(tensors.k, [count, kvHeads * 4 * Math.ceil(headDim / 4)]);
  expectShape(tensors.dkv, [count, 2 * kvHeads * 4 * Math.ceil(headDim / 4)]);
  if (form !== "tiles" && fitsWide(head4)) {
    const wide = wideKernel(kvWide, "rows", form, head4);
    const grid = [Math.ceil(count / (4 * WIDE_TILES)), kvHeads, 1] as const;
    rec.dispatch(wide, { ...tensors, dims }, grid, 4 * pairCost);
    return;
  }
  const kernel = withOverrides(attentionGradKvKernel, overrides);
  const grid = [Math.ceil(count / (4 * KEY_TILES)), kvHeads * slices, 1] as const;
  rec.dispatch(kernel, { ...tensors, dims }, grid, pairCost * (2 + 2 * slices));
}
