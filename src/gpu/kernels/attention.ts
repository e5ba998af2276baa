// Softmax attention, forward pass, over packed rows or a key/value cache.
import { attention, attentionBuffers, attentionWide } from "../../../shaders/attention/index";
import { attentionWideLoops } from "../../../shaders/attention/attention_wide";
import { row } from "../../../shaders/common/index";
import { defineKernel, remembered, withOverrides, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape } from "../tensor";
import {
  fitsWide,
  WIDE_TILES,
  wideOptions,
  wideStart,
  type AttentionVariant,
  type WideVariant,
} from "./attentionVariants";

export const attentionKernel = defineKernel([row, attentionBuffers, attention]);

const attentionWideKernel = remembered((variant: WideVariant, head4: number) =>
  defineKernel(
    [wideStart("keys", variant, head4), attentionBuffers, attentionWide, attentionWideLoops(head4)],
    wideOptions(variant),
  ),
);

/** Vec4s of a head that one thread owns: at most 8, dividing the head evenly. */
export function headSlice(head4: number): number {
  for (let width = Math.min(8, head4); ; width--) if (head4 % width === 0) return width;
}

export interface AttentionOptions {
  /** H */
  heads: number;
  /** K, dividing H. */
  kvHeads: number;
  /** D */
  headDim: number;
  /** By what the scores are multiplied. Default 1/√D. */
  scoreScale?: number;
  /**
   * Rows that have no keys in common (one row a sequence). False (default): tiles of 4 neighbouring rows, for packed
   * batches and prefill. Any rows give the same answer in both variants, but for rounding.
   */
  decode?: boolean;
  /**
   * Threads on one row's keys when decoding: 1 (default) where the GPU is a CPU (its workgroup memory is slow, to
   * compile too), 16 on a GPU with long caches.
   */
  lanes?: number;
  /** From attentionVariant; tiles (default) for every adapter. The variants differ in rounding. Decoding has its own. */
  variant?: AttentionVariant;
  /** Query-key pairs that are seen, for the cost estimate; T·M/2 when left out. */
  pairs?: number;
}

/** Tiles a workgroup: of 4 rows each, or of one row where lanes do not share it. */
const TILES = 32;
const DECODE_TILES = 4;

/**
 * q f32[T, H·P], k and v f32[M, K·P] → o f32[T, H·P] and lse f32[T, H] (nats, of the scaled scores).
 * A row that sees no key gets o = 0 and lse = −1e30.
 * @throws ShapeError
 */
export function encodeAttention(
  rec: Recorder,
  tensors: TensorsFor<typeof attentionKernel>,
  options: AttentionOptions,
): void {
  const { heads, kvHeads, headDim, decode = false, lanes: asked = 1, variant = "tiles", pairs } = options;
  const scale = options.scoreScale ?? 1 / Math.sqrt(headDim);
  const head4 = Math.ceil(headDim / 4);
  const [count] = expectShape(tensors.rows, ["T", ROW_WORDS]);
  expectShape(tensors.q, [count, heads * 4 * head4]);
  const [keyRows] = expectShape(tensors.k, ["M", kvHeads * 4 * head4]);
  expectShape(tensors.v, [keyRows, kvHeads * 4 * head4]);
  expectShape(tensors.o, [count, heads * 4 * head4]);
  expectShape(tensors.lse, [count, heads]);
  const dims = { rows: count, heads, kvHeads, scale };
  const pairCost = (pairs ?? (count * keyRows) / 2) * heads * 4 * head4;
  if (!decode && variant !== "tiles" && fitsWide(head4)) {
    const wide = attentionWideKernel(variant, head4);
    const grid = [Math.ceil(count / (4 * WIDE_TILES)), heads, 1] as const;
    rec.dispatch(wide, { ...tensors, dims }, grid, 2 * pairCost);
    return;
  }
  const width = headSlice(head4);
  const slices = head4 / width;
  const lanes = decode ? asked : 1;
  const tiles = !decode ? TILES : lanes === 1 ? DECODE_TILES : 1;
  const kernel = withOverrides(attentionKernel, {
    HEAD4: head4,
    WIDTH: width,
    ROWS: decode ? 1 : 4,
    LANES: lanes,
    TILES: tiles,
    SHARED: lanes > 1 ? lanes * width : 1,
  });
  const groups = decode ? kvHeads * Math.ceil(heads / kvHeads / 4) : heads;
  const grid = [Math.ceil(count / (tiles * (decode ? 1 : 4))), groups * slices, 1] as const;
  rec.dispatch(kernel, { ...tensors, dims }, grid, pairCost * (1 + slices));
}
