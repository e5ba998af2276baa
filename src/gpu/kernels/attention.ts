// Softmax attention over packed rows or a key/value cache: forward.
import row from "../../../shaders/common/row.wgsl?raw";
import source from "../../../shaders/attention/attention.wgsl?raw";
import { defineKernel, withOverrides } from "../kernel";
import type { Recorder } from "../recorder";
import { ROW_WORDS } from "../rows";
import { expectShape, type Tensor } from "../tensor";

export const attentionKernel = defineKernel({
  entry: "attention",
  source: `${row}\n${source}`,
  bindings: [
    ["q", "read"],
    ["k", "read"],
    ["v", "read"],
    ["rows", "read"],
    ["o", "write"],
    ["lse", "write"],
  ],
  dims: [
    ["rows", "u32"],
    ["heads", "u32"],
    ["kvHeads", "u32"],
    ["scale", "f32"],
  ],
  overrides: { HEAD4: 8, WIDTH: 8, ROWS: 4, LANES: 1, TILES: 32, SHARED: 1 },
});

/** Vec4s of a head that one thread owns: at most 8, dividing the head evenly. */
export function headSlice(head4: number): number {
  for (let width = Math.min(8, head4); ; width--) if (head4 % width === 0) return width;
}

export interface AttentionOptions {
  /** H */
  heads: number;
  /** K, dividing H. */
  kvHeads: number;
  /** D; the scores' scale is 1/√D. */
  headDim: number;
  /**
   * Rows whose key ranges have nothing in common (one row a sequence): several threads share one row's keys. Any rows
   * give the same answer in both forms but for rounding; for neighbours of one document the other form is faster.
   */
  decode?: boolean;
  /** Query-key pairs that are seen, for the cost estimate; T·M/2 when left out. */
  pairs?: number;
}

/** Threads that share one row's keys when decoding. */
const DECODE_LANES = 16;

/**
 * q f32[T, H·P], k and v f32[M, K·P] → o f32[T, H·P] and lse f32[T, H] (nats, of the scaled scores).
 * A row that sees no key gets o = 0 and lse = −1e30.
 * @throws ShapeError
 */
export function encodeAttention(
  rec: Recorder,
  tensors: { q: Tensor; k: Tensor; v: Tensor; rows: Tensor; o: Tensor; lse: Tensor },
  { heads, kvHeads, headDim, decode = false, pairs }: AttentionOptions,
): void {
  const head4 = Math.ceil(headDim / 4);
  const [count] = expectShape(tensors.rows, ["T", ROW_WORDS]);
  expectShape(tensors.q, [count, heads * 4 * head4]);
  const [keyRows] = expectShape(tensors.k, ["M", kvHeads * 4 * head4]);
  expectShape(tensors.v, [keyRows, kvHeads * 4 * head4]);
  expectShape(tensors.o, [count, heads * 4 * head4]);
  expectShape(tensors.lse, [count, heads]);
  const width = headSlice(head4);
  const slices = head4 / width;
  const kernel = withOverrides(attentionKernel, {
    HEAD4: head4,
    WIDTH: width,
    ...(decode ? { ROWS: 1, LANES: DECODE_LANES, TILES: 1, SHARED: DECODE_LANES * width } : {}),
  });
  const groups = decode ? kvHeads * Math.ceil(heads / kvHeads / 4) : heads;
  const dims = { rows: count, heads, kvHeads, scale: 1 / Math.sqrt(headDim) };
  const cost = (pairs ?? (count * keyRows) / 2) * heads * 4 * head4 * (1 + slices);
  rec.dispatch(
    kernel,
    { ...tensors, dims },
    [decode ? count : Math.ceil(count / 128), groups * slices, 1],
    cost,
  );
}
