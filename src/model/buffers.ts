// The activation buffers for batches up to one size (a size bucket): planned from shapes, created once, reused by
// every step. planMemory and the allocator read the same table, so the plan always equals what is created.
import { outerScratch } from "../gpu/kernels/lora";
import { DRAW_WORDS, SLOT_WORDS } from "../gpu/kernels/sample";
import { ropeTableWidth } from "../gpu/ropeTable";
import { ROW_WORDS } from "../gpu/rows";
import type { Gpu, Purpose } from "../gpu/gpu";
import { elements, type Tensor } from "../gpu/tensor";
import { adapterLayout, paddedRank } from "./adapter";
import { BURST, MAX_STOPS } from "./decodeQueue";
import type { AdapterConfig, DecoderConfig } from "../families/config";
import { familyOf } from "../families/index";
import { GROUP_MEMBERS, GROUPS, groupShape, type GroupName, type PaddedShape } from "./shape";

/** What a block keeps for its backward pass. */
export interface LayerBuffers {
  xIn: Tensor;
  inv1: Tensor;
  qkv: Tensor;
  q: Tensor;
  k: Tensor;
  v: Tensor;
  o: Tensor;
  lse: Tensor;
  xMid: Tensor;
  inv2: Tensor;
  gateUp: Tensor;
  xa: Record<GroupName, Tensor>;
  /** Outputs of attention and MLP before their post-norms; empty in families without post-norms. */
  out: Record<"attention" | "attentionInv" | "mlp" | "mlpInv", Tensor>;
}

/** Shared by all layers. */
export interface SharedBuffers {
  rows: Tensor;
  /** The same with the sliding window; one row where no layer has one. */
  windowed: Tensor;
  h: Tensor;
  act: Tensor;
  dx: Tensor;
  dH: Tensor;
  dAct: Tensor;
  dGateUp: Tensor;
  dO: Tensor;
  dq: Tensor;
  /** k heads, then v heads. */
  dkv: Tensor;
  dqkv: Tensor;
  delta: Tensor;
  dxa: Record<GroupName, Tensor>;
  partial: Tensor;
}

export interface HeadBuffers {
  index: Tensor;
  targets: Tensor;
  hidden: Tensor;
  normed: Tensor;
  inv: Tensor;
  dNormed: Tensor;
  dHidden: Tensor;
  offsets: Tensor;
  list: Tensor;
  logits: Tensor;
  state: Tensor;
  stats: Tensor;
  objective: Tensor;
  grads: Tensor;
  terms: Tensor;
  top: Tensor;
  topBits: Tensor;
}

type Spec = { shape: number[]; dtype: "f32" | "u32"; purpose: Purpose };
export type Plan<T> = {
  [K in keyof T]: T[K] extends Tensor
    ? Spec
    : T[K] extends Record<string, Tensor>
      ? Record<string, Spec>
      : never;
};

const f32 = (shape: number[], purpose: Purpose): Spec => ({ shape, dtype: "f32", purpose });
const u32 = (shape: number[]): Spec => ({ shape, dtype: "u32", purpose: "scratch" });

/** Rows and columns of the logits that are in memory at once; never T × V. */
export const HEAD_BLOCK = 128;
export const HEAD_TILE = 8192;

export const headTile = (shape: PaddedShape): number => Math.min(shape.vocab, HEAD_TILE);

function xaSpecs(
  config: DecoderConfig,
  adapter: AdapterConfig,
  rows: number,
  purpose: Purpose,
): Record<string, Spec> {
  const rank = paddedRank(adapter.rank);
  return Object.fromEntries(GROUPS.map((g) => [g, f32([rows, GROUP_MEMBERS[g].length * rank], purpose)]));
}

export function layerPlan(
  config: DecoderConfig,
  s: PaddedShape,
  adapter: AdapterConfig,
  rows: number,
): Plan<LayerBuffers> {
  const a = (width: number): Spec => f32([rows, width], "activations");
  return {
    xIn: a(s.hidden),
    inv1: f32([rows], "activations"),
    qkv: a(s.qkv),
    q: a(s.q),
    k: a(s.kv),
    v: a(s.kv),
    o: a(s.q),
    lse: a(s.heads),
    xMid: a(s.hidden),
    inv2: f32([rows], "activations"),
    gateUp: a(2 * s.inter),
    xa: xaSpecs(config, adapter, rows, "activations"),
    out: outSpecs(config, s, rows),
  };
}

function outSpecs(config: DecoderConfig, s: PaddedShape, rows: number): Record<string, Spec> {
  const { norms } = familyOf(config);
  const output = () => f32([rows, s.hidden], "activations");
  const factor = () => f32([rows], "activations");
  return {
    ...(norms.attentionOut ? { attention: output(), attentionInv: factor() } : {}),
    ...(norms.mlpOut ? { mlp: output(), mlpInv: factor() } : {}),
  };
}

/**
 * The blocks' buffers of a batch: `whole` sets with everything, and `inputs` tensors that hold a block's input alone.
 * Blocks below the lowest adapted one have no backward pass, so they share the lowest set.
 */
export interface BlockPlan {
  whole: number;
  inputs: number;
}

/** @param recompute keep only the inputs of blocks: one set serves all, and the backward fills it again. */
export function blockPlan(layers: number, lowest: number, train: boolean, recompute: boolean): BlockPlan {
  if (!train) return { whole: 1, inputs: 0 };
  // The input of the lowest block is part of the set itself.
  return recompute ? { whole: 1, inputs: layers - 1 - lowest } : { whole: layers - lowest, inputs: 0 };
}

export const inputPlan = (s: PaddedShape, rows: number): { xIn: Spec } => ({
  xIn: f32([rows, s.hidden], "activations"),
});

export function sharedPlan(
  config: DecoderConfig,
  s: PaddedShape,
  adapter: AdapterConfig,
  rows: number,
  train: boolean,
): Plan<SharedBuffers> {
  const b = (width: number): Spec => f32([train ? rows : 1, width], "scratch");
  let partial = 64;
  if (train) {
    const rank = paddedRank(adapter.rank);
    for (const group of GROUPS) {
      const { n, k } = groupShape(config, s, group);
      partial = Math.max(
        partial,
        outerScratch(rows, GROUP_MEMBERS[group].length * rank, k),
        outerScratch(rows, n, rank),
      );
    }
  }
  return {
    rows: u32([rows, 8]),
    windowed: u32([config.sliding ? rows : 1, 8]),
    h: f32([rows, s.hidden], "scratch"),
    act: f32([rows, s.inter], "scratch"),
    dx: b(s.hidden),
    dH: b(s.hidden),
    dAct: b(s.inter),
    dGateUp: b(2 * s.inter),
    dO: b(s.q),
    dq: b(s.q),
    dkv: b(2 * s.kv),
    dqkv: b(s.qkv),
    delta: b(s.heads),
    dxa: xaSpecs(config, adapter, train ? rows : 1, "scratch"),
    partial: f32([partial], "scratch"),
  };
}

export function headPlan(s: PaddedShape, rows: number, head: number, train: boolean): Plan<HeadBuffers> {
  const b = (shape: number[]): Spec => f32(train ? shape : [4], "scratch");
  return {
    index: u32([head]),
    targets: u32([head]),
    hidden: f32([head, s.hidden], "scratch"),
    normed: f32([head, s.hidden], "scratch"),
    inv: f32([head], "scratch"),
    dNormed: b([head, s.hidden]),
    dHidden: b([head, s.hidden]),
    offsets: u32([rows + 1]),
    list: u32([head]),
    logits: f32([Math.min(head, HEAD_BLOCK), headTile(s)], "scratch"),
    state: f32([head, 8], "scratch"),
    stats: f32([head, 4], "scratch"),
    objective: b([head, 6]),
    grads: b([head, 2]),
    terms: b([head]),
    top: f32([head, 20], "scratch"),
    topBits: f32([head], "scratch"),
  };
}

/** What decoding keeps of its slots. */
export interface SlotBuffers {
  rows: Tensor;
  state: Tensor;
  out: Tensor;
  logits: Tensor;
  stops: Tensor;
}

export const slotPlan = (s: PaddedShape, slots: number): Plan<SlotBuffers> => ({
  rows: u32([slots, ROW_WORDS]),
  state: u32([slots, SLOT_WORDS]),
  out: u32([BURST, slots, DRAW_WORDS]),
  logits: f32([slots, s.vocab], "scratch"),
  stops: u32([MAX_STOPS]),
});

/** Keys and values of one block for `rows` cached tokens. */
export const cachePlan = (s: PaddedShape, rows: number): Plan<{ k: Tensor; v: Tensor }> => ({
  k: f32([rows, s.kv], "cache"),
  v: f32([rows, s.kv], "cache"),
});

/** Rows that a rotary table is made with for so many positions. */
export const ropeRows = (config: DecoderConfig, positions: number): number =>
  Math.min(config.maxPosition, Math.max(512, 2 ** Math.ceil(Math.log2(Math.max(1, positions)))));

/** Angles of the layers with full attention, and of those with a sliding window if there are any. */
export const ropePlan = (config: DecoderConfig, rows: number): Record<string, Spec> => {
  const table = () => f32([rows, ropeTableWidth(config.headDim)], "scratch");
  return { full: table(), ...(config.sliding ? { sliding: table() } : {}) };
};

/** Creates every buffer of a plan. */
export function allocate<T extends object>(gpu: Gpu, plan: Plan<T>, label: string): T {
  const isSpec = (value: unknown): value is Spec =>
    typeof value === "object" && value !== null && "dtype" in value;
  const build = (entry: unknown, name: string): unknown =>
    isSpec(entry)
      ? gpu.alloc(entry.shape, entry.dtype, `${label} ${name}`, entry.purpose)
      : Object.fromEntries(
          Object.entries(entry as object).map(([key, inner]) => [key, build(inner, `${name}.${key}`)]),
        );
  return Object.fromEntries(Object.entries(plan).map(([name, entry]) => [name, build(entry, name)])) as T;
}

/** Every tensor in a structure of buffers. */
export function tensorsOf(buffers: object): Tensor[] {
  return Object.values(buffers).flatMap((v: Tensor | Record<string, Tensor>) =>
    "buffer" in v ? [v as Tensor] : Object.values(v),
  );
}

/** Bytes of a plan by purpose, rounded as buffers are. */
export function planBytes(plan: object, into: Record<Purpose, number>): void {
  for (const entry of Object.values(plan) as (Spec | Record<string, Spec>)[]) {
    if ("dtype" in entry && typeof entry.dtype === "string") {
      const spec = entry as Spec;
      into[spec.purpose] += Math.ceil((4 * elements(spec.shape)) / 16) * 16;
    } else planBytes(entry, into);
  }
}

/** The first `rows` rows of a buffer made for more: same binding, smaller shape. */
export function first(tensor: Tensor, rows: number): Tensor {
  return { ...tensor, shape: [rows, ...tensor.shape.slice(1)] };
}

/** The same for a whole structure whose tensors all have rows as first axis. */
export function firstRows<T extends object>(buffers: T, rows: number): T {
  return Object.fromEntries(
    Object.entries(buffers).map(([key, value]: [string, Tensor | Record<string, Tensor>]) => [
      key,
      "buffer" in value ? first(value as Tensor, rows) : firstRows(value, rows),
    ]),
  ) as T;
}

/** Values of the parameter buffer: see Adapter. */
export const adapterValues = (config: DecoderConfig, shape: PaddedShape, adapter: AdapterConfig): number =>
  adapterLayout(config, shape, adapter).values;
