// The output head: from hidden rows to log-probability, entropy, loss and gradient, for a block of rows and a tile
// of the vocabulary at a time. The logits of all rows over the whole vocabulary are never in memory together.
import { encodeGatherRows } from "../gpu/kernels/gatherRows";
import { encodeHeadFinish } from "../gpu/kernels/headFinish";
import { encodeHeadGrad } from "../gpu/kernels/headGrad";
import { encodeLogitMoments } from "../gpu/kernels/logitMoments";
import { encodeMatmul, encodeMatmulDx } from "../gpu/kernels/matmul";
import { encodePolicyGradient, type PolicySettings } from "../gpu/kernels/policyGradient";
import { encodeRmsNorm } from "../gpu/kernels/rmsNorm";
import { encodeRmsNormGrad } from "../gpu/kernels/rmsNormGrad";
import { rowLanes } from "../gpu/kernels/rowLanes";
import { encodeScatterRows } from "../gpu/kernels/scatterRows";
import { encodeTop20 } from "../gpu/kernels/top20";
import { encodeTop20Bits } from "../gpu/kernels/top20Bits";
import type { Gpu } from "../gpu/gpu";
import type { Recorder } from "../gpu/recorder";
import type { Tensor } from "../gpu/tensor";
import type { WeightShard } from "../gpu/weights";
import { first, HEAD_BLOCK, HEAD_TILE, type HeadBuffers } from "./buffers";
import type { VariantOf } from "./forward";
import type { ModelWeights } from "./loadWeights";

interface Tile {
  shard: WeightShard;
  weightRow: number;
  width: number;
  firstVocab: number;
}

/** Tiles of the vocabulary, in order; none wider than HEAD_TILE or across a shard's border. */
export function headTiles(shards: readonly WeightShard[]): Tile[] {
  const tiles: Tile[] = [];
  for (const shard of shards) {
    for (let weightRow = 0; weightRow < shard.rows; weightRow += HEAD_TILE) {
      tiles.push({
        shard,
        weightRow,
        width: Math.min(HEAD_TILE, shard.rows - weightRow),
        firstVocab: shard.firstRow + weightRow,
      });
    }
  }
  return tiles;
}

export interface HeadContext {
  gpu: Gpu;
  weights: ModelWeights;
  variant: VariantOf;
  buffers: HeadBuffers;
  /** Head rows M. */
  count: number;
}

const views = new WeakMap<GPUBuffer, Map<number, Tensor>>();

/** Rows `block·HEAD_BLOCK …` of a buffer, as the same tensor every time (bind groups are cached by tensor). */
function blockOf(gpu: Gpu, tensor: Tensor, block: number, rows: number): Tensor {
  let known = views.get(tensor.buffer);
  if (!known) views.set(tensor.buffer, (known = new Map()));
  let view = known.get(block);
  if (!view) {
    const stride = tensor.bytes / tensor.shape[0];
    const start = block * HEAD_BLOCK;
    view = gpu.view(tensor, start * stride, [
      Math.min(HEAD_BLOCK, tensor.shape[0] - start),
      ...tensor.shape.slice(1),
    ]);
    known.set(block, view);
  }
  return first(view, rows);
}

/** hidden f32[T, C] → normed rows of the head (buffers.normed). */
export function encodeHeadRows(rec: Recorder, h: HeadContext, hidden: Tensor): void {
  const b = h.buffers;
  const cut = (t: Tensor) => first(t, h.count);
  const { config, finalNorm } = h.weights;
  encodeGatherRows(rec, { x: hidden, index: cut(b.index), y: cut(b.hidden) });
  encodeRmsNorm(
    rec,
    { x: cut(b.hidden), weight: finalNorm, y: cut(b.normed), inv: cut(b.inv) },
    { real: config.hidden, eps: config.rmsEps, lanes: rowLanes(h.gpu.info) },
  );
}

function logitsOf(rec: Recorder, h: HeadContext, normed: Tensor, tile: Tile, logits: Tensor): void {
  encodeMatmul(
    rec,
    { x: normed, shard: tile.shard, y: logits, weightRow: tile.weightRow, columns: tile.width },
    h.variant("forward", normed.shape[0], tile.width, tile.shard.cols),
  );
}

/**
 * Log-probabilities, entropies and argmax of every head row (buffers.stats); with `train`, also loss terms and, in
 * buffers.dNormed, the gradient of the normed rows. All of the distribution at `temperature` (default 1).
 */
export function encodeHead(
  rec: Recorder,
  h: HeadContext,
  options: { top20: boolean; train: PolicySettings | null; temperature?: number },
): void {
  const { gpu, buffers: b, weights } = h;
  const { vocab } = weights.config;
  const tiles = headTiles(weights.head);
  const sharpness = 1 / (options.temperature ?? 1);
  for (let block = 0; block * HEAD_BLOCK < h.count; block++) {
    const rows = Math.min(HEAD_BLOCK, h.count - block * HEAD_BLOCK);
    const cut = (t: Tensor) => blockOf(gpu, t, block, rows);
    const normed = cut(b.normed);
    const targets = cut(b.targets);
    const state = cut(b.state);
    const stats = cut(b.stats);
    tiles.forEach((tile, index) => {
      const logits = { ...b.logits, shape: [rows, tile.width] };
      const place = { firstVocab: tile.firstVocab, vocab, first: index === 0, sharpness };
      logitsOf(rec, h, normed, tile, logits);
      encodeLogitMoments(rec, { logits, targets, state }, place);
      if (options.top20) encodeTop20(rec, { logits, state: cut(b.top) }, place);
    });
    encodeHeadFinish(rec, { state, stats });
    if (options.top20) encodeTop20Bits(rec, { state: cut(b.top), bits: cut(b.topBits) });
    if (!options.train) continue;
    const grads = cut(b.grads);
    encodePolicyGradient(rec, { stats, rows: cut(b.objective), grads, terms: cut(b.terms) }, options.train);
    tiles.forEach((tile, index) => {
      const logits = { ...b.logits, shape: [rows, tile.width] };
      // If there is only one tile, its logits are still in the buffer; otherwise they are computed again.
      if (tiles.length > 1) logitsOf(rec, h, normed, tile, logits);
      encodeHeadGrad(
        rec,
        { logits, stats, targets, grads },
        { firstVocab: tile.firstVocab, vocab, sharpness },
      );
      encodeMatmulDx(
        rec,
        {
          dy: logits,
          shard: tile.shard,
          dx: cut(b.dNormed),
          weightRow: tile.weightRow,
          columns: tile.width,
          accumulate: index > 0,
        },
        h.variant("dx", rows, tile.width, tile.shard.cols),
      );
    });
  }
}

/** Gradient of the normed head rows → gradient of the last hidden states (dx f32[T, C], overwritten). */
export function encodeHeadRowsGrad(rec: Recorder, h: HeadContext, dx: Tensor, rows: number): void {
  const b = h.buffers;
  const cut = (t: Tensor) => first(t, h.count);
  rec.clear(b.dHidden);
  encodeRmsNormGrad(
    rec,
    {
      dy: cut(b.dNormed),
      x: cut(b.hidden),
      weight: h.weights.finalNorm,
      inv: cut(b.inv),
      dx: cut(b.dHidden),
    },
    { real: h.weights.config.hidden, lanes: rowLanes(h.gpu.info) },
  );
  encodeScatterRows(rec, { dy: cut(b.dHidden), offsets: first(b.offsets, rows + 1), list: cut(b.list), dx });
}

/** All logits of up to HEAD_BLOCK rows, f32[rows, vocab padded], for sampling and for conformance. */
export function encodeAllLogits(rec: Recorder, h: HeadContext, logits: Tensor): void {
  for (const tile of headTiles(h.weights.head)) {
    encodeMatmul(
      rec,
      {
        x: first(h.buffers.normed, h.count),
        shard: tile.shard,
        y: logits,
        yColumn: tile.firstVocab,
        weightRow: tile.weightRow,
        columns: tile.width,
      },
      h.variant("forward", h.count, tile.width, tile.shard.cols),
    );
  }
}
