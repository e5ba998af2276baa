// The frozen matmul, forward and input gradient, in several forms that give the same bits (a test holds them to
// it), so a trial on the device may choose freely. LoRA's second half is part of the sum, the bias its beginning.
import quadSource from "../../../shaders/matmul/matmul_quad.wgsl?raw";
import registerSource from "../../../shaders/matmul/matmul_register.wgsl?raw";
import tileSource from "../../../shaders/matmul/matmul_tile.wgsl?raw";
import dxQuadSource from "../../../shaders/matmul/matmul_dx_quad.wgsl?raw";
import dxRegisterSource from "../../../shaders/matmul/matmul_dx_register.wgsl?raw";
import dxTileSource from "../../../shaders/matmul/matmul_dx_tile.wgsl?raw";
import dimsSource from "../../../shaders/matmul/dims.wgsl?raw";
import dimsDxSource from "../../../shaders/matmul/dims_dx.wgsl?raw";
import { defineKernel, withOverrides, type Kernel } from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, ShapeError, type Tensor } from "../tensor";
import { unroll } from "../unroll";
import { encodeAdd } from "./add";
import { weightSource, type WeightShard, type WeightType } from "../weights";

/** register: a tile a lane, every device; quad: four lanes share rows (subgroups); tile: workgroup memory, for real GPUs. */
export type MatmulVariant = "register" | "quad" | "tile";
export const MATMUL_VARIANTS: readonly MatmulVariant[] = ["register", "quad", "tile"];

/** Whether a variant exchanges values inside quads of lanes. */
export const needsSubgroups = (variant: MatmulVariant): boolean => variant === "quad";

const FORWARD = [
  ["x", "read"],
  ["weights", "read"],
  ["xa", "read"],
  ["loraB", "read"],
  ["bias", "read"],
  ["y", "write"],
] as const;
/** quad adds the residual itself; the other forms leave it to a pass of its own. */
const FORWARD_QUAD = [...FORWARD, ["residual", "read"]] as const;
const FORWARD_DIMS = [
  ["rows", "u32"],
  ["k4", "u32"],
  ["n4", "u32"],
  ["weightRow", "u32"],
  ["yStride4", "u32"],
  ["yColumn4", "u32"],
  ["rank4", "u32"],
  ["xaStride4", "u32"],
  ["segment1", "u32"],
  ["segment2", "u32"],
  ["hasBias", "u32"],
  ["scale", "f32"],
  ["lanesX", "u32"],
  ["residualRows", "u32"],
] as const;
const BACKWARD = [
  ["dy", "read"],
  ["weights", "read"],
  ["dxa", "read"],
  ["loraA", "read"],
  ["dx", "write"],
] as const;
const BACKWARD_DIMS = [
  ["rows", "u32"],
  ["n4", "u32"],
  ["k4", "u32"],
  ["weightRow", "u32"],
  ["yStride4", "u32"],
  ["yColumn4", "u32"],
  ["sr", "u32"],
  ["accumulate", "u32"],
  ["lanesX", "u32"],
] as const;

type Grid = [number, number, number];
type Direction = "forward" | "dx";
const SOURCES: Record<Direction, Record<MatmulVariant, string>> = {
  forward: { register: registerSource, quad: quadSource, tile: tileSource },
  dx: { register: dxRegisterSource, quad: dxQuadSource, tile: dxTileSource },
};

/** Rows and columns one lane owns, by variant (must match the WGSL). */
const LANE = { register: { rows: 8, columns4: 2 }, quad: { rows: 32, columns4: 2 } } as const;
/** Rows and columns of one workgroup of the tile variant. */
const TILE = { rows: 64, columns4: 16 };
/** How often the marked lines of a source are repeated. */
const UNROLLED = {
  register: { ROWS: 8 },
  quad: { QUADS: 8, COLUMNS: 8, STEP: 8 },
  tile: { ROWS: 64 },
} as const;

/** Lines of the input gradient that read what was there before; tile does so by a flag. */
const BEFORE = { register: UNROLLED.register.ROWS, quad: 1, tile: 0 } as const;

/** What register's code knows of an adapter: nothing, one for a lane's 8 columns, or up to two. Less code compiles faster. */
type Joins = "none" | "one" | "split";
function joinLines(joins: Joins) {
  const { ROWS } = UNROLLED.register;
  return {
    LORA: joins === "none" ? 0 : 1,
    ONE: joins === "one" ? ROWS : 0,
    SPLIT: joins === "split" ? ROWS : 0,
  };
}

const cache = new Map<string, Kernel>();
function kernel(
  direction: Direction,
  variant: MatmulVariant,
  dtype: WeightType,
  { accumulate = false, joins = "split" as Joins } = {},
): Kernel {
  const key = `${direction} ${variant} ${dtype} ${accumulate} ${joins}`;
  let found = cache.get(key);
  if (!found) {
    const forward = direction === "forward";
    const subgroups = needsSubgroups(variant);
    found = defineKernel({
      entry: `${forward ? "matmul" : "matmul_dx"}_${variant}`,
      source: [
        subgroups ? `enable subgroups;\nconst QUADS = ${UNROLLED.quad.QUADS}u;` : "",
        weightSource(dtype),
        forward ? dimsSource : dimsDxSource,
        unroll(SOURCES[direction][variant], {
          ...UNROLLED[variant],
          BEFORE: accumulate ? BEFORE[variant] : 0,
          ...joinLines(joins),
        }),
      ].join("\n"),
      bindings: forward ? (variant === "quad" ? FORWARD_QUAD : FORWARD) : BACKWARD,
      dims: forward ? FORWARD_DIMS : BACKWARD_DIMS,
      features: subgroups ? ["subgroups"] : [],
    });
    cache.set(key, found);
  }
  return found;
}

/** Kernel and workgroups, and lanes of one along the columns: for narrow outputs few, so that none idles. */
function tiled(
  base: Kernel,
  variant: MatmulVariant,
  columns4: number,
  rows: number,
): { kernel: Kernel; grid: Grid; lanesX: number } {
  if (variant === "tile") {
    const grid: Grid = [Math.ceil(columns4 / TILE.columns4), Math.ceil(rows / TILE.rows), 1];
    return { kernel: base, grid, lanesX: 0 };
  }
  const lane = LANE[variant];
  const across = Math.ceil(columns4 / lane.columns4);
  if (variant === "quad")
    return { kernel: base, grid: [Math.ceil(across / 4), Math.ceil(rows / lane.rows), 1], lanesX: 4 };
  const lanesX = across <= 1 ? 1 : across <= 2 ? 2 : across <= 4 ? 4 : 8;
  const lanes = lanesX < 8 || rows <= lane.rows ? 8 : 32;
  const grid: Grid = [Math.ceil(across / lanesX), Math.ceil(rows / ((lane.rows * lanes) / lanesX)), 1];
  return { kernel: withOverrides(base, { LANES: lanes }), grid, lanesX };
}

/** Where an adapter joins a linear: up to three lora_B stacked by output rows. */
export interface JoinedLora {
  /** f32[T, S·R]: x Aᵀ. */
  xa: Tensor;
  /** f32[N, R] */
  loraB: Tensor;
  rank: number;
  scale: number;
  /** Output columns where the second and the third adapter begin (N when there is none). */
  segments: [number, number];
}

export interface MatmulArgs {
  /** f32[T, K] */
  x: Tensor;
  shard: WeightShard;
  /** f32[T, Y]; columns `yColumn … yColumn + columns` are written. */
  y: Tensor;
  /** Default 0. */
  yColumn?: number;
  /** Rows of the shard to use: default all. */
  weightRow?: number;
  columns?: number;
  /** Rows of x to use: default all. */
  rows?: number;
  bias?: Tensor;
  /** f32[T, Y], added to the finished sums of the whole of y. */
  residual?: Tensor;
  lora?: JoinedLora;
  /** No adapter ever joins this product: not to be given with `lora`. */
  plain?: boolean;
}

/** Records y = x Wᵀ with its epilogue. Widths must be multiples of 4. @throws ShapeError */
export function encodeMatmul(rec: Recorder, args: MatmulArgs, variant: MatmulVariant): void {
  const { x, shard, y, lora } = args;
  const rows = args.rows ?? x.shape[0];
  const k = shard.cols;
  if (x.shape[1] !== k) throw new ShapeError(x, ["T", k]);
  const columns = args.columns ?? shard.rows;
  const yColumn = args.yColumn ?? 0;
  if (columns % 4 || yColumn % 4 || y.shape[1] % 4 || k % 4) throw new ShapeError(y, ["T", "multiple of 4"]);
  if (lora) expectShape(lora.loraB, [columns, lora.rank]);
  if (lora && args.plain) throw new Error("a plain product has no adapter");
  if (args.residual && (yColumn > 0 || columns !== y.shape[1])) throw new ShapeError(y, ["T", columns]);
  // quad reads 8 values at once, and has one adapter for its 32 columns.
  const whole = k % 8 === 0 && !lora?.segments.some((start) => start % 32 && start < columns);
  const form = variant === "quad" && !whole ? "register" : variant;
  const split = lora?.segments.some((start) => start % 8 && start < columns);
  const joins = form !== "register" ? undefined : args.plain ? "none" : split ? "split" : "one";
  const base = kernel("forward", form, shard.dtype, { joins });
  const { kernel: chosen, grid, lanesX } = tiled(base, form, columns / 4, rows);
  rec.dispatch(
    chosen,
    {
      x,
      weights: shard.tensor,
      xa: lora?.xa ?? x,
      loraB: lora?.loraB ?? x,
      bias: args.bias ?? x,
      residual: args.residual ?? x,
      y,
      dims: {
        rows,
        k4: k / 4,
        n4: columns / 4,
        weightRow: args.weightRow ?? 0,
        yStride4: y.shape[1] / 4,
        yColumn4: yColumn / 4,
        rank4: lora ? lora.rank / 4 : 0,
        xaStride4: lora ? lora.xa.shape[1] / 4 : 0,
        segment1: lora ? lora.segments[0] / 4 : 0,
        segment2: lora ? lora.segments[1] / 4 : 0,
        hasBias: args.bias ? 1 : 0,
        scale: lora?.scale ?? 0,
        lanesX,
        residualRows: args.residual && form === "quad" ? LANE.quad.rows : 0,
      },
    },
    grid,
    rows * columns * (k + (lora?.rank ?? 0)),
  );
  if (args.residual && form !== "quad") {
    encodeAdd(rec, { x: args.residual, y }, rows);
  }
}

export interface MatmulDxArgs {
  /** f32[T, Y]; columns `yColumn …` hold the shard's rows. */
  dy: Tensor;
  shard: WeightShard;
  /** f32[T, K] */
  dx: Tensor;
  yColumn?: number;
  weightRow?: number;
  columns?: number;
  rows?: number;
  accumulate: boolean;
  /** dxa f32[T, S·R], loraA f32[S·R, K] */
  lora?: { dxa: Tensor; loraA: Tensor };
}

/** Records dx = dy W (+ dxa A). @throws ShapeError */
export function encodeMatmulDx(rec: Recorder, args: MatmulDxArgs, variant: MatmulVariant): void {
  const { dy, shard, dx, lora } = args;
  const rows = args.rows ?? dy.shape[0];
  const k = shard.cols;
  if (dx.shape[1] !== k) throw new ShapeError(dx, ["T", k]);
  const columns = args.columns ?? shard.rows;
  const sr = lora?.dxa.shape[1] ?? 0;
  if (lora) expectShape(lora.loraA, [sr, k]);
  const yColumn = args.yColumn ?? 0;
  // quad reads 8 values at once.
  const whole = [columns, dy.shape[1], yColumn, k].every((size) => size % 8 === 0);
  const form = variant === "quad" && !whole ? "register" : variant;
  const base = kernel("dx", form, shard.dtype, { accumulate: args.accumulate });
  const { kernel: chosen, grid, lanesX } = tiled(base, form, k / 4, rows);
  rec.dispatch(
    chosen,
    {
      dy,
      weights: shard.tensor,
      dxa: lora?.dxa ?? dy,
      loraA: lora?.loraA ?? dy,
      dx,
      dims: {
        rows,
        n4: columns / 4,
        k4: k / 4,
        weightRow: args.weightRow ?? 0,
        yStride4: dy.shape[1] / 4,
        yColumn4: yColumn / 4,
        sr,
        accumulate: args.accumulate ? 1 : 0,
        lanesX,
      },
    },
    grid,
    rows * k * (columns + sr),
  );
}
