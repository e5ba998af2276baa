// Softmax attention, backward pass, over packed rows: three dispatches without atomics.
import {
  attentionDelta,
  attentionGradBuffers,
  attentionGradKv,
  attentionGradKvWide,
  attentionGradQ,
  attentionGradQWide,
} from "../../../shaders/attention/index";
import { attentionGradKvWideLoops } from "../../../shaders/attention/attention_grad_kv_wide";
import { attentionGradQWideLoops } from "../../../shaders/attention/attention_grad_q_wide";
import { row, thread } from "../../../shaders/common/index";
import { defineKernel, fold, remembered, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape } from "../tensor";
import { headSlice, type AttentionOptions } from "./attention";
import { fitsWide, WIDE_TILES, wideOptions, wideStart, type WideVariant } from "./attentionVariants";

export const attentionDeltaKernel = defineKernel([thread, attentionDelta], { overrides: { HEAD4: 8 } });

export const attentionGradQKernel = defineKernel([row, attentionGradBuffers, attentionGradQ], {
  overrides: { HEAD4: 8, WIDTH: 8 },
});

/** Tiles of 4 keys a workgroup: few, because a prefix key sees many more rows than a child's. */
const KEY_TILES = 16;

export const attentionGradKvKernel = defineKernel([row, attentionGradBuffers, attentionGradKv], {
  overrides: { HEAD4: 8, WIDTH: 8, TILES: KEY_TILES },
});

const qWideKernel = remembered((variant: WideVariant, head4: number) =>
  defineKernel(
    [
      wideStart("keys", variant, head4),
      attentionGradBuffers,
      attentionGradQWide,
      attentionGradQWideLoops(head4),
    ],
    wideOptions(variant),
  ),
);
const kvWideKernel = remembered((variant: WideVariant, head4: number) =>
  defineKernel(
    [
      wideStart("rows", variant, head4),
      attentionGradBuffers,
      attentionGradKvWide,
      attentionGradKvWideLoops(head4),
    ],
    wideOptions(variant),
  ),
);

type HeadOptions = Omit<AttentionOptions, "decode" | "lanes">;

/** delta f32[T, H] = Σ_d dO·o, from dO and o f32[T, H·P]. @throws ShapeError */
export function encodeAttentionDelta(
  rec: Recorder,
  tensors: TensorsFor<typeof attentionDeltaKernel>,
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
export type AttentionGradInputs = Omit<TensorsFor<typeof attentionGradQKernel>, "dq">;

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
  tensors: TensorsFor<typeof attentionGradQKernel>,
  options: HeadOptions,
): void {
  const { count, head4, overrides, slices, dims, pairCost } = shared(tensors, options);
  const { heads, variant = "tiles" } = options;
  expectShape(tensors.dq, tensors.q.shape);
  if (variant !== "tiles" && fitsWide(head4)) {
    const wide = qWideKernel(variant, head4);
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
  tensors: TensorsFor<typeof attentionGradKvKernel>,
  options: HeadOptions,
): void {
  const { count, head4, overrides, slices, dims, pairCost } = shared(tensors, options);
  const { kvHeads, headDim, variant = "tiles" } = options;
  expectShape(tensors.k, [count, kvHeads * 4 * Math.ceil(headDim / 4)]);
  expectShape(tensors.dkv, [count, 2 * kvHeads * 4 * Math.ceil(headDim / 4)]);
  if (variant !== "tiles" && fitsWide(head4)) {
    const wide = kvWideKernel(variant, head4);
    const grid = [Math.ceil(count / (4 * WIDE_TILES)), kvHeads, 1] as const;
    rec.dispatch(wide, { ...tensors, dims }, grid, 4 * pairCost);
    return;
  }
  const kernel = withOverrides(attentionGradKvKernel, overrides);
  const grid = [Math.ceil(count / (4 * KEY_TILES)), kvHeads * slices, 1] as const;
  rec.dispatch(kernel, { ...tensors, dims }, grid, pairCost * (2 + 2 * slices));
}
