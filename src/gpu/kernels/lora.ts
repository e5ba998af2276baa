// The matrix products of LoRA. Adapters that read the same input (q, k, v; gate, up) are joined, lora_A stacked to
// [S·R, K] and lora_B to [N, R], so that a group costs one dispatch instead of three.
import { loraGradXa, loraOuter, loraSum } from "../../../shaders/lora/index";
import { loraGradXaLoops } from "../../../shaders/lora/lora_grad_xa";
import { defineKernel, type TensorsFor } from "../kernel";
import type { Recorder } from "../recorder";
import { elements, expectShape, type Tensor } from "../tensor";

const gradXa = defineKernel([loraGradXa, loraGradXaLoops()]);
const outer = defineKernel([loraOuter]);
const sum = defineKernel([loraSum]);

/** Rows summed by one thread before partial sums are added: limits both latency and scratch memory. */
export const OUTER_CHUNK = 128;

/** f32 values of scratch that a gradient of `m × n` over `rows` needs. */
export const outerScratch = (rows: number, m: number, n: number): number =>
  Math.ceil(rows / OUTER_CHUNK) * m * n;

export interface JoinedShape {
  rows: number;
  rank: number;
  /** Output columns where the second and third adapter begin. */
  segments: [number, number];
  scale: number;
}

/** dxa f32[T, S·R] = scale · dy B, segment by segment. dy f32[T, N], loraB f32[N, R]. */
export function encodeLoraGradXa(rec: Recorder, t: TensorsFor<typeof gradXa>, shape: JoinedShape): void {
  const [columns] = expectShape(t.loraB, ["N", shape.rank]);
  expectShape(t.dy, ["T", columns]);
  const sr = t.dxa.shape[1];
  rec.dispatch(
    gradXa,
    {
      ...t,
      dims: {
        rows: shape.rows,
        rank4: shape.rank / 4,
        sr4: sr / 4,
        segment1: shape.segments[0] / 4,
        segment2: shape.segments[1] / 4,
        n4: columns / 4,
        yStride4: columns / 4,
        scale: shape.scale,
      },
    },
    [(sr / shape.rank) * Math.ceil(shape.rank / 8), Math.ceil(shape.rows / 64), 1],
    shape.rows * columns * shape.rank,
  );
}

/** grad f32[S·R, K] += dxaᵀ x. `partial` has at least outerScratch(rows, S·R, K) values. */
export function encodeLoraGradA(
  rec: Recorder,
  t: { dxa: Tensor; x: Tensor; partial: Tensor; grad: Tensor },
  rows: number,
): void {
  const [narrow, wide] = expectShape(t.grad, [t.dxa.shape[1], t.x.shape[1]]);
  record(
    rec,
    { narrow: t.dxa, wide: t.x, partial: t.partial, grad: t.grad },
    { rows, size: [narrow, wide], segments: [wide, wide], slotWidth: 0, scale: 1, transposed: false },
  );
}

/** grad f32[N, R] += scale · dyᵀ xa, each segment of N with its own columns of xa. */
export function encodeLoraGradB(
  rec: Recorder,
  t: { dy: Tensor; xa: Tensor; partial: Tensor; grad: Tensor },
  shape: JoinedShape,
): void {
  const [wide, narrow] = expectShape(t.grad, [t.dy.shape[1], shape.rank]);
  const { rows, segments, scale } = shape;
  record(
    rec,
    { narrow: t.xa, wide: t.dy, partial: t.partial, grad: t.grad },
    { rows, size: [narrow, wide], segments, slotWidth: shape.rank, scale, transposed: true },
  );
}

/** Columns that one lane of lora_outer owns. */
const LANE_COLUMNS = 16;

function record(
  rec: Recorder,
  t: { narrow: Tensor; wide: Tensor; partial: Tensor; grad: Tensor },
  d: {
    rows: number;
    size: [narrow: number, wide: number];
    segments: [number, number];
    slotWidth: number;
    scale: number;
    transposed: boolean;
  },
): void {
  const chunks = Math.ceil(d.rows / OUTER_CHUNK);
  const [narrow, wide] = d.size;
  if (elements(t.partial.shape) < chunks * narrow * wide)
    throw new Error(`${t.partial.label}: too small for ${chunks} chunks of ${narrow} × ${wide}`);
  const [second, third] = d.segments;
  const lanes = [second, third - second, wide - third].reduce((n, w) => n + Math.ceil(w / LANE_COLUMNS), 0);
  rec.dispatch(
    outer,
    {
      narrow: t.narrow,
      wide: t.wide,
      partial: t.partial,
      dims: {
        rows: d.rows,
        chunk: OUTER_CHUNK,
        narrow4: narrow / 4,
        wide4: wide / 4,
        narrowStride4: t.narrow.shape[1] / 4,
        wideStride4: t.wide.shape[1] / 4,
        segment1: second / 4,
        segment2: third / 4,
        slotWidth4: d.slotWidth / 4,
        transposed: d.transposed ? 1 : 0,
      },
    },
    [Math.ceil(lanes / 4), Math.ceil(narrow / 64), chunks],
    d.rows * narrow * wide,
  );
  rec.dispatch(
    sum,
    { partial: t.partial, grad: t.grad, dims: { count4: (narrow * wide) / 4, chunks, scale: d.scale } },
    [Math.ceil((narrow * wide) / 256), 1, 1],
  );
}
