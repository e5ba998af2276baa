// The decoder as a sequence of kernel calls, forward and backward. Training keeps the activations that the backward
// pass needs, layer by layer; scoring and decoding reuse one set of buffers. Keys and values go to the batch's own
// buffers or to a cache.
import { familyOf } from "../families/index";
import { encodeAdd } from "../gpu/kernels/add";
import { encodeAttention } from "../gpu/kernels/attention";
import type { AttentionVariant } from "../gpu/kernels/attentionVariants";
import {
  encodeAttentionDelta,
  encodeAttentionGradKv,
  encodeAttentionGradQ,
} from "../gpu/kernels/attentionGrad";
import { encodeEmbed } from "../gpu/kernels/embed";
import { encodeGatedMul, encodeGatedMulGrad } from "../gpu/kernels/gatedMul";
import { encodeLoraGradA, encodeLoraGradB, encodeLoraGradXa } from "../gpu/kernels/lora";
import { encodeMatmul, encodeMatmulDx, type MatmulVariant } from "../gpu/kernels/matmul";
import { encodeQkvRope, encodeQkvRopeGrad } from "../gpu/kernels/qkvRope";
import { encodeRmsNorm } from "../gpu/kernels/rmsNorm";
import { encodeRmsNormGrad } from "../gpu/kernels/rmsNormGrad";
import type { RowLanes } from "../gpu/kernels/rowLanes";
import { encodeWindowRows } from "../gpu/kernels/windowRows";
import type { Recorder } from "../gpu/recorder";
import type { Tensor } from "../gpu/tensor";
import type { WeightShard } from "../gpu/weights";
import type { Adapter, JoinedAdapter } from "./adapter";
import type { LayerBuffers, SharedBuffers } from "./buffers";
import type { ModelWeights } from "./loadWeights";
import type { GroupName } from "./shape";
import type { RopeTables } from "./workspace";

/** Chooses the matmul variant for a shape; all variants give the same bits. */
export type VariantOf = (direction: "forward" | "dx", rows: number, n: number, k: number) => MatmulVariant;

export interface ForwardContext {
  weights: ModelWeights;
  adapter: Adapter | null;
  rope: RopeTables;
  variant: VariantOf;
  rows: number;
  /** Query-key pairs of the batch, for the cost estimate. */
  pairs: number;
  decode: boolean;
  /** Threads (lanes) that share one row of a norm: fixed for a device, because the order of the sum depends on it. */
  normLanes: RowLanes;
  /** Variant of attention over packed rows: fixed for a device, because variants round differently. */
  attention: AttentionVariant;
  shared: SharedBuffers;
  /** Buffers of a layer: see Workspace. Shapes cut to `rows`. */
  layer: (index: number) => LayerBuffers;
  /** Blocks keep only their inputs; the backward pass computes the rest of a block again, with the same bits. */
  recompute: boolean;
  /** Where the last block writes its output. */
  final: Tensor;
  /** The buffers of a layer's keys and values. */
  keys: (index: number) => { k: Tensor; v: Tensor };
}

/** Threads that share one row's keys when decoding on a real GPU; a software adapter is faster with one. */
const DECODE_LANES = 16;

/** The gate's function. */
const activation = (c: ForwardContext) => familyOf(c.weights.config).activation;

/** Whether a block sees only the window. */
const slides = (c: ForwardContext, index: number): boolean =>
  c.weights.config.sliding?.layers[index] ?? false;

/** Row records as a block sees them. */
function rowsOf(c: ForwardContext, index: number): Tensor {
  return { ...(slides(c, index) ? c.shared.windowed : c.shared.rows), shape: [c.rows, 8] };
}

const tableOf = (c: ForwardContext, index: number): Tensor =>
  slides(c, index) ? c.rope.sliding : c.rope.full;

function heads(c: ForwardContext) {
  const { heads, kvHeads, headDim, attentionScale } = c.weights.config;
  return {
    heads,
    kvHeads,
    headDim,
    pairs: c.pairs,
    variant: c.attention,
    scoreScale: attentionScale ?? undefined,
  };
}

function rope(c: ForwardContext) {
  const { heads, kvHeads, headDim, rmsEps, qkNorm } = c.weights.config;
  return { heads, kvHeads, headDim, eps: rmsEps, qkNorm, lanes: c.normLanes };
}

/** xa = x Aᵀ */
function loraInput(
  rec: Recorder,
  c: ForwardContext,
  lora: JoinedAdapter,
  t: { x: Tensor; xa: Tensor },
): void {
  const [rows, cols] = lora.a.shape;
  const a: WeightShard = { tensor: lora.a, dtype: "f32", firstRow: 0, rows, cols };
  encodeMatmul(rec, { x: t.x, shard: a, y: t.xa, plain: true }, c.variant("forward", c.rows, rows, cols));
}

/** y = x Wᵀ (+ adapter) (+ bias) (+ residual) for one group of joined linears; keeps x Aᵀ in `xa`. */
function linear(
  rec: Recorder,
  c: ForwardContext,
  shards: WeightShard[],
  lora: JoinedAdapter | undefined,
  t: { x: Tensor; y: Tensor; xa: Tensor; bias?: Tensor | null; residual?: Tensor },
): void {
  if (lora) loraInput(rec, c, lora, t);
  if (shards.length > 1)
    throw new Error(`${shards[0].tensor.label}: a block's matrix in shards is not supported`);
  const [shard] = shards;
  encodeMatmul(
    rec,
    {
      x: t.x,
      shard,
      y: t.y,
      bias: t.bias ?? undefined,
      residual: t.residual,
      lora: lora && { xa: t.xa, loraB: lora.b, rank: lora.rank, scale: lora.scale, segments: lora.segments },
    },
    c.variant("forward", c.rows, shard.rows, shard.cols),
  );
}

function norm(c: ForwardContext) {
  return { real: c.weights.config.hidden, eps: c.weights.config.rmsEps, lanes: c.normLanes };
}

/** From a block's input to its queries, keys and values. */
function encodeKeysOf(rec: Recorder, c: ForwardContext, index: number): void {
  const w = c.weights.layers[index];
  const b = c.layer(index);
  const { h } = c.shared;
  const rows = rowsOf(c, index);
  const lora: Partial<Record<GroupName, JoinedAdapter>> = c.adapter?.layers[index] ?? {};
  const { k, v } = c.keys(index);
  encodeRmsNorm(rec, { x: b.xIn, weight: w.norms.attentionIn, y: h, inv: b.inv1 }, norm(c));
  linear(rec, c, w.groups.qkv, lora.qkv, { x: h, y: b.qkv, xa: b.xa.qkv, bias: w.qkvBias });
  encodeQkvRope(
    rec,
    { qkv: b.qkv, rows, qNorm: w.norms.q, kNorm: w.norms.k, table: tableOf(c, index), q: b.q, k, v },
    rope(c),
  );
}

/** One block, from its input `xIn` to its output `next`; without `next` only the part whose results the backward reads. */
function encodeBlock(rec: Recorder, c: ForwardContext, index: number, next: Tensor | null): void {
  const w = c.weights.layers[index];
  const b = c.layer(index);
  const { h, act } = c.shared;
  const rows = rowsOf(c, index);
  const lora: Partial<Record<GroupName, JoinedAdapter>> = c.adapter?.layers[index] ?? {};
  const { k, v } = c.keys(index);
  encodeKeysOf(rec, c, index);
  encodeAttention(
    rec,
    { q: b.q, k, v, rows, o: b.o, lse: b.lse },
    { ...heads(c), decode: c.decode, ...(c.normLanes > 1 ? { lanes: DECODE_LANES } : {}) },
  );
  const { attentionOut, mlpOut } = w.norms;
  if (attentionOut) {
    linear(rec, c, w.groups.o, lora.o, { x: b.o, y: b.out.attention, xa: b.xa.o });
    const normed = { x: b.out.attention, weight: attentionOut, y: b.xMid, inv: b.out.attentionInv };
    encodeRmsNorm(rec, normed, norm(c));
    encodeAdd(rec, { x: b.xIn, y: b.xMid });
  } else linear(rec, c, w.groups.o, lora.o, { x: b.o, y: b.xMid, xa: b.xa.o, residual: b.xIn });
  encodeRmsNorm(rec, { x: b.xMid, weight: w.norms.mlpIn, y: h, inv: b.inv2 }, norm(c));
  linear(rec, c, w.groups.gateUp, lora.gateUp, { x: h, y: b.gateUp, xa: b.xa.gateUp });
  if (!next && !lora.down && !mlpOut) return;
  encodeGatedMul(rec, activation(c), { gateUp: b.gateUp, act });
  if (mlpOut) {
    linear(rec, c, w.groups.down, lora.down, { x: act, y: b.out.mlp, xa: b.xa.down });
    encodeRmsNorm(rec, { x: b.out.mlp, weight: mlpOut, y: next ?? h, inv: b.out.mlpInv }, norm(c));
    if (next) encodeAdd(rec, { x: b.xMid, y: next });
  } else if (next)
    linear(rec, c, w.groups.down, lora.down, { x: act, y: next, xa: b.xa.down, residual: b.xMid });
  else if (lora.down) loraInput(rec, c, lora.down, { x: act, xa: b.xa.down });
}

/** Tokens → the input of the last block; returns the index of that block. */
function encodeUpToLast(rec: Recorder, c: ForwardContext): number {
  const last = c.weights.layers.length - 1;
  const rows = { ...c.shared.rows, shape: [c.rows, 8] };
  const x = c.layer(0).xIn;
  const { embedScale, sliding } = c.weights.config;
  for (const table of c.weights.embed) encodeEmbed(rec, { rows, table, x }, embedScale);
  if (sliding) {
    const windowed = { ...c.shared.windowed, shape: [c.rows, 8] };
    encodeWindowRows(rec, { rows, windowed }, sliding.size);
  }
  for (let index = 0; index < last; index++) encodeBlock(rec, c, index, c.layer(index + 1).xIn);
  return last;
}

/** Tokens → hidden states before the final norm; returns the tensor that holds them, f32[T, C]. */
export function encodeForward(rec: Recorder, c: ForwardContext): Tensor {
  encodeBlock(rec, c, encodeUpToLast(rec, c), c.final);
  return c.final;
}

/** Tokens → keys and values of every block. Nobody reads what else the last block makes of them, so it is not computed. */
export function encodePrefill(rec: Recorder, c: ForwardContext): void {
  encodeKeysOf(rec, c, encodeUpToLast(rec, c));
}

/** Gradients of one adapted group from dy; leaves dxa behind for the input gradient. `x` is the group's input. */
function loraBackward(
  rec: Recorder,
  c: ForwardContext,
  lora: JoinedAdapter,
  t: { x: Tensor; dy: Tensor; xa: Tensor; dxa: Tensor },
): void {
  const shape = { rows: c.rows, rank: lora.rank, segments: lora.segments, scale: lora.scale };
  const { partial } = c.shared;
  encodeLoraGradXa(rec, { dy: t.dy, loraB: lora.b, dxa: t.dxa }, shape);
  encodeLoraGradA(rec, { dxa: t.dxa, x: t.x, partial, grad: lora.gradA }, c.rows);
  encodeLoraGradB(rec, { dy: t.dy, xa: t.xa, partial, grad: lora.gradB }, shape);
}

function inputGradient(
  rec: Recorder,
  c: ForwardContext,
  shard: WeightShard,
  lora: JoinedAdapter | undefined,
  t: { dy: Tensor; dx: Tensor; dxa: Tensor },
): void {
  encodeMatmulDx(
    rec,
    { dy: t.dy, shard, dx: t.dx, accumulate: false, lora: lora && { dxa: t.dxa, loraA: lora.a } },
    c.variant("dx", c.rows, shard.rows, shard.cols),
  );
}

/** Backward pass from shared.dx (gradient of the last hidden states) to the lowest adapted layer; gradients accumulate. */
export function encodeBackward(rec: Recorder, c: ForwardContext, adapter: Adapter): void {
  const { weights, shared: s } = c;
  /** Gradient of a sublayer's output from the gradient of the residual stream, through the sublayer's post-norm. */
  const throughNorm = (weight: Tensor | null, x: Tensor, inv: Tensor): Tensor => {
    if (!weight) return s.dx;
    rec.clear(s.dH);
    encodeRmsNormGrad(rec, { dy: s.dx, x, weight, inv, dx: s.dH }, norm(c));
    return s.dH;
  };
  for (let index = weights.layers.length - 1; index >= adapter.lowestLayer; index--) {
    const w = weights.layers[index];
    const b = c.layer(index);
    const lora = adapter.layers[index];
    const { k, v } = c.keys(index);
    const rows = rowsOf(c, index);
    // The last block's buffers still hold it.
    if (c.recompute && index < weights.layers.length - 1) encodeBlock(rec, c, index, null);
    // MLP: s.dx is the gradient of the block's output, and of xMid through the residual.
    const dDown = throughNorm(w.norms.mlpOut, b.out.mlp, b.out.mlpInv);
    if (lora.down) {
      encodeGatedMul(rec, activation(c), { gateUp: b.gateUp, act: s.act });
      loraBackward(rec, c, lora.down, { x: s.act, dy: dDown, xa: b.xa.down, dxa: s.dxa.down });
    }
    const deepest = index === adapter.lowestLayer;
    if (deepest && !lora.gateUp && !lora.o && !lora.qkv) break;
    inputGradient(rec, c, w.groups.down[0], lora.down, { dy: dDown, dx: s.dAct, dxa: s.dxa.down });
    encodeGatedMulGrad(rec, activation(c), { dAct: s.dAct, gateUp: b.gateUp, dGateUp: s.dGateUp });
    if (lora.gateUp) {
      encodeRmsNorm(rec, { x: b.xMid, weight: w.norms.mlpIn, y: s.h, inv: b.inv2 }, norm(c));
      loraBackward(rec, c, lora.gateUp, { x: s.h, dy: s.dGateUp, xa: b.xa.gateUp, dxa: s.dxa.gateUp });
    }
    if (deepest && !lora.o && !lora.qkv) break;
    inputGradient(rec, c, w.groups.gateUp[0], lora.gateUp, { dy: s.dGateUp, dx: s.dH, dxa: s.dxa.gateUp });
    encodeRmsNormGrad(rec, { dy: s.dH, x: b.xMid, weight: w.norms.mlpIn, inv: b.inv2, dx: s.dx }, norm(c));
    // Attention: s.dx is now the gradient of xMid, and of xIn through the residual.
    const dO = throughNorm(w.norms.attentionOut, b.out.attention, b.out.attentionInv);
    if (lora.o) loraBackward(rec, c, lora.o, { x: b.o, dy: dO, xa: b.xa.o, dxa: s.dxa.o });
    if (deepest && !lora.qkv) break;
    inputGradient(rec, c, w.groups.o[0], lora.o, { dy: dO, dx: s.dO, dxa: s.dxa.o });
    encodeAttentionDelta(rec, { dO: s.dO, o: b.o, delta: s.delta }, heads(c));
    const inputs = { q: b.q, k, v, dO: s.dO, lse: b.lse, delta: s.delta, rows };
    encodeAttentionGradQ(rec, { ...inputs, dq: s.dq }, heads(c));
    encodeAttentionGradKv(rec, { ...inputs, dkv: s.dkv }, heads(c));
    encodeQkvRopeGrad(
      rec,
      {
        dq: s.dq,
        dkv: s.dkv,
        qkv: b.qkv,
        rows,
        qNorm: w.norms.q,
        kNorm: w.norms.k,
        table: tableOf(c, index),
        dqkv: s.dqkv,
      },
      rope(c),
    );
    if (lora.qkv) {
      encodeRmsNorm(rec, { x: b.xIn, weight: w.norms.attentionIn, y: s.h, inv: b.inv1 }, norm(c));
      loraBackward(rec, c, lora.qkv, { x: s.h, dy: s.dqkv, xa: b.xa.qkv, dxa: s.dxa.qkv });
    }
    if (deepest) break;
    inputGradient(rec, c, w.groups.qkv[0], lora.qkv, { dy: s.dqkv, dx: s.dH, dxa: s.dxa.qkv });
    encodeRmsNormGrad(
      rec,
      { dy: s.dH, x: b.xIn, weight: w.norms.attentionIn, inv: b.inv1, dx: s.dx },
      norm(c),
    );
  }
}
