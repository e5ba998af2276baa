// The engine's working memory: weights, adapter, rotary table, and one set of buffers each for training and for
// forward-only work. A set grows when a larger batch comes and is reused otherwise.
import type { Gpu } from "../gpu/gpu";
import { attentionVariant } from "../gpu/kernels/attentionVariants";
import { rowLanes } from "../gpu/kernels/rowLanes";
import { ropeTable, type RopeShape } from "../gpu/ropeTable";
import type { Tensor } from "../gpu/tensor";
import { Adapter } from "./adapter";
import {
  allocate,
  blockPlan,
  first,
  firstRows,
  headPlan,
  inputPlan,
  layerPlan,
  ropeRows,
  sharedPlan,
  tensorsOf,
  type HeadBuffers,
  type LayerBuffers,
  type SharedBuffers,
} from "./buffers";
import type { ForwardContext, VariantOf } from "./forward";
import type { HeadContext } from "./head";
import type { ModelWeights } from "./loadWeights";
import type { WeightChoice } from "./weightTypes";

const bucket = (n: number): number => Math.max(128, Math.ceil(n / 128) * 128);

/** Rotary angles of the layers that see everything, and of those with a sliding window. */
export interface RopeTables {
  full: Tensor;
  sliding: Tensor;
}

interface Space {
  rows: number;
  head: number;
  /** Only the inputs of blocks are kept. */
  recompute: boolean;
  /** One a block; blocks may share tensors. */
  layers: LayerBuffers[];
  shared: SharedBuffers;
  headBuffers: HeadBuffers;
  /** Output of the last block. */
  final: Tensor;
}

/** Bytes of a bucket are known before it is created: see planMemory. */
export class Workspace {
  adapterEnabled = true;
  private spaces: { train?: Space; infer?: Space } = {};
  private rope: { tables: RopeTables; positions: number } | null = null;

  constructor(
    readonly gpu: Gpu,
    readonly weights: ModelWeights,
    readonly adapter: Adapter,
    public variant: VariantOf,
    readonly choice: WeightChoice,
  ) {}

  /** Cosine and sine tables for at least `positions`. */
  ropeFor(positions: number): RopeTables {
    if (!this.rope || this.rope.positions < positions) {
      this.freeRope();
      const { config } = this.weights;
      const size = ropeRows(config, positions);
      const upload = (shape: RopeShape, label: string) => {
        const values = ropeTable(shape, size);
        return this.gpu.upload(values, [size, values.length / size], label, "scratch");
      };
      const full = upload(config, "rotary table");
      const sliding = config.sliding
        ? upload(
            { ...config, ropeTheta: config.sliding.ropeTheta, ropeScaling: null },
            "sliding rotary table",
          )
        : full;
      this.rope = { positions: size, tables: { full, sliding } };
    }
    return this.rope.tables;
  }

  private freeRope(): void {
    if (this.rope) this.gpu.free(...new Set([this.rope.tables.full, this.rope.tables.sliding]));
    this.rope = null;
  }

  private space(kind: "train" | "infer", rows: number, head: number, recompute: boolean): Space {
    const have = this.spaces[kind];
    if (have && have.rows >= rows && have.head >= head && (have.recompute || !recompute)) return have;
    const size = {
      rows: bucket(Math.max(rows, have?.rows ?? 0)),
      head: bucket(Math.max(head, have?.head ?? 0)),
      recompute,
    };
    if (have) this.releaseSpace(have);
    const { gpu, weights, adapter } = this;
    const { config, shape } = weights;
    const train = kind === "train";
    const layers = this.blocks(kind, size.rows, recompute);
    const shared = allocate<SharedBuffers>(
      gpu,
      sharedPlan(config, shape, adapter.settings, size.rows, train),
      kind,
    );
    const headBuffers = allocate<HeadBuffers>(
      gpu,
      headPlan(shape, size.rows, size.head, train),
      `${kind} head`,
    );
    const space = { ...size, layers, shared, headBuffers, final: train ? shared.dx : layers[0].xIn };
    this.spaces[kind] = space;
    return space;
  }

  /** Buffers of every block, as blockPlan says. */
  private blocks(kind: "train" | "infer", rows: number, recompute: boolean): LayerBuffers[] {
    const { gpu, adapter } = this;
    const { config, shape } = this.weights;
    const lowest = adapter.lowestLayer;
    const plan = blockPlan(config.layers, lowest, kind === "train", recompute);
    const sets = Array.from({ length: plan.whole }, (_, i) =>
      allocate<LayerBuffers>(gpu, layerPlan(config, shape, adapter.settings, rows), `${kind} layer ${i}`),
    );
    const inputs = Array.from({ length: plan.inputs }, (_, i) =>
      allocate<{ xIn: Tensor }>(gpu, inputPlan(shape, rows), `${kind} input ${i}`),
    );
    return Array.from({ length: config.layers }, (_, index) => {
      const above = Math.max(0, index - lowest);
      return { ...sets[Math.min(above, plan.whole - 1)], ...(above > 0 ? inputs[above - 1] : {}) };
    });
  }

  /** Another working memory over the same weights and adapter. Release it, don't dispose of it. */
  sibling(): Workspace {
    return new Workspace(this.gpu, this.weights, this.adapter, this.variant, this.choice);
  }

  private releaseSpace(space: Space): void {
    this.gpu.free(
      ...space.layers.flatMap(tensorsOf),
      ...tensorsOf(space.shared),
      ...tensorsOf(space.headBuffers),
    );
  }

  /** Buffers for a batch, cut to its size. `keys` replaces the batch's own key and value rows by a cache. */
  contexts(
    kind: "train" | "infer",
    size: {
      rows: number;
      head: number;
      positions: number;
      pairs: number;
      decode?: boolean;
      recompute?: boolean;
    },
    keys?: (layer: number) => { k: Tensor; v: Tensor },
  ): { forward: ForwardContext; head: HeadContext; shared: SharedBuffers; buffers: HeadBuffers } {
    const space = this.space(kind, size.rows, size.head, size.recompute ?? false);
    const cut = space.layers.map((layer) => firstRows(layer, size.rows));
    const { partial, ...byRow } = space.shared;
    const shared: SharedBuffers = {
      ...(kind === "train" ? firstRows(byRow, size.rows) : { ...byRow, ...this.inferCut(byRow, size.rows) }),
      partial,
    };
    const layer = (index: number) => cut[index];
    const forward: ForwardContext = {
      weights: this.weights,
      adapter: this.adapterEnabled ? this.adapter : null,
      rope: this.ropeFor(size.positions),
      variant: this.variant,
      rows: size.rows,
      pairs: size.pairs,
      decode: size.decode ?? false,
      normLanes: rowLanes(this.gpu.info),
      attention: attentionVariant(this.gpu),
      shared,
      layer,
      recompute: space.recompute,
      final: first(space.final, size.rows),
      keys: keys ?? ((index) => ({ k: layer(index).k, v: layer(index).v })),
    };
    const head: HeadContext = {
      gpu: this.gpu,
      weights: this.weights,
      variant: this.variant,
      buffers: space.headBuffers,
      count: size.head,
    };
    return { forward, head, shared, buffers: space.headBuffers };
  }

  private inferCut(
    shared: Omit<SharedBuffers, "partial">,
    rows: number,
  ): Pick<SharedBuffers, "rows" | "windowed" | "h" | "act"> {
    const windowed = first(shared.windowed, rows);
    return {
      rows: first(shared.rows, rows),
      windowed,
      h: first(shared.h, rows),
      act: first(shared.act, rows),
    };
  }

  /** Gives back every buffer of its own; they are made again when asked for. */
  release(): void {
    for (const space of Object.values(this.spaces)) this.releaseSpace(space);
    this.spaces = {};
    this.freeRope();
  }

  dispose(): void {
    this.release();
    this.adapter.dispose();
    this.gpu.free(...this.weights.all);
  }
}
