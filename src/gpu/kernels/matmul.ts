// The matmul with frozen weights, forward and input gradient, in several variants. A test checks that all give the
// same bits, so a trial on the device may choose any of them. The LoRA product and the bias are part of the same
// sum.
import {
  dims,
  dimsDx,
  matmulDxQuad,
  matmulDxRegister,
  matmulDxTile,
  matmulQuad,
  matmulRegister,
  matmulTile,
} from "../../../shaders/matmul/index";
import { matmulDxQuadLoops } from "../../../shaders/matmul/matmul_dx_quad";
import { matmulDxRegisterLoops } from "../../../shaders/matmul/matmul_dx_register";
import { matmulQuadLoops } from "../../../shaders/matmul/matmul_quad";
import { matmulRegisterLoops, type Joins } from "../../../shaders/matmul/matmul_register";
import {
  defineKernel,
  remembered,
  withOverrides,
  type ArgumentsOf,
  type Kernel,
  type KernelOptions,
  type Named,
} from "../kernel";
import type { Recorder } from "../recorder";
import { expectShape, ShapeError, type Tensor } from "../tensor";
import { weightShader, type WeightShader, type WeightShard, type WeightType } from "../weights";
import { encodeAdd } from "./add";

/** register: a tile a lane, every device; quad: four lanes share rows (subgroups); tile: workgroup memory, for real GPUs. */
export type MatmulVariant = "register" | "quad" | "tile";
export const MATMUL_VARIANTS: readonly MatmulVariant[] = ["register", "quad", "tile"];

/** Whether a variant exchanges values inside quads of lanes. */
export const needsSubgroups = (variant: MatmulVariant): boolean => variant === "quad";

type Grid = [number, number, number];

/** Rows and columns one lane owns, by variant, in vec4s. */
const LANE = { register: { rows: 8, columns4: 2 }, quad: { rows: 32, columns4: 2 } } as const;
/** Rows and columns of one workgroup of the tile variant. */
const TILE = { rows: 64, columns4: 16 };
/** Blocks of four rows that a lane of the quad variant owns. */
const QUADS = LANE.quad.rows / 4;

const QUAD_START = `enable subgroups;\nconst QUADS = ${QUADS}u;`;
const SUBGROUPS: KernelOptions = { features: ["subgroups"] };

/** quad takes what the other variants do, and the residual. */
type Forward = ArgumentsOf<[WeightShader, typeof dims, typeof matmulQuad]>;
const forwardKernel = remembered(
  (variant: MatmulVariant, dtype: WeightType, joins: Joins): Kernel<Forward> => {
    const weights = weightShader(dtype);
    if (variant === "quad")
      return defineKernel([QUAD_START, weights, dims, matmulQuad, matmulQuadLoops(QUADS)], SUBGROUPS);
    if (variant === "tile") return defineKernel([weights, dims, matmulTile]);
    return defineKernel([weights, dims, matmulRegister, matmulRegisterLoops(joins)]);
  },
);

type Backward = ArgumentsOf<[WeightShader, typeof dimsDx]>;
const dxKernel = remembered(
  (variant: MatmulVariant, dtype: WeightType, accumulate: boolean): Kernel<Backward> => {
    const weights = weightShader(dtype);
    if (variant === "quad") {
      const loops = matmulDxQuadLoops(QUADS, accumulate);
      return defineKernel([QUAD_START, weights, dimsDx, matmulDxQuad, loops], SUBGROUPS);
    }
    if (variant === "tile") return defineKernel([weights, dimsDx, matmulDxTile]);
    return defineKernel([weights, dimsDx, matmulDxRegister, matmulDxRegisterLoops(accumulate)]);
  },
);

/** Kernel and workgroups, and lanes of one along the columns: for narrow outputs few, so that none idles. */
function tiled<A>(
  base: Kernel<A>,
  variant: MatmulVariant,
  columns4: number,
  rows: number,
): { kernel: Kernel<A>; grid: Grid; lanesX: number } {
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
  xa: Named<Tensor, "xa">;
  /** f32[N, R] */
  loraB: Named<Tensor, "loraB">;
  rank: number;
  scale: number;
  /** Output columns where the second and the third adapter begin (N when there is none). */
  segments: [number, number];
}

/** Part of a product: which rows of the weights stand in which columns of y. */
interface Part {
  shard: WeightShard;
  /** First column of y: default 0. */
  yColumn?: number;
  /** Rows of the shard to use, `weightRow … weightRow + columns`: default all. */
  weightRow?: number;
  columns?: number;
  /** Rows of x or dy to use: default all. */
  rows?: number;
}

export interface MatmulArgs extends Part {
  /** f32[T, K] */
  x: Named<Tensor, "x">;
  /** f32[T, Y]; columns `yColumn … yColumn + columns` are written. */
  y: Named<Tensor, "y">;
  bias?: Named<Tensor, "bias">;
  /** f32[T, Y], added to the finished sums of the whole of y. */
  residual?: Named<Tensor, "residual">;
  lora?: JoinedLora;
  /** No adapter is ever added to this product; cannot be combined with `lora`. */
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
  const used = variant === "quad" && !whole ? "register" : variant;
  const split = lora?.segments.some((start) => start % 8 && start < columns);
  // Only register's code depends on it; the others have one variant.
  const joins = used !== "register" ? "split" : args.plain ? "none" : split ? "split" : "one";
  const base = forwardKernel(used, shard.dtype, joins);
  // Bound in place of a missing adapter, bias or residual, and never read.
  const unread: Tensor = x;
  const { kernel: chosen, grid, lanesX } = tiled(base, used, columns / 4, rows);
  rec.dispatch(
    chosen,
    {
      x,
      weights: shard.tensor,
      xa: lora?.xa ?? unread,
      loraB: lora?.loraB ?? unread,
      bias: args.bias ?? unread,
      residual: args.residual ?? unread,
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
        residualRows: args.residual && used === "quad" ? LANE.quad.rows : 0,
      },
    },
    grid,
    rows * columns * (k + (lora?.rank ?? 0)),
  );
  if (args.residual && used !== "quad") {
    const added: Tensor = args.residual;
    encodeAdd(rec, { x: added, y }, rows);
  }
}

export interface MatmulDxArgs extends Part {
  /** f32[T, Y]; columns `yColumn …` hold the shard's rows. */
  dy: Named<Tensor, "dy">;
  /** f32[T, K] */
  dx: Named<Tensor, "dx">;
  accumulate: boolean;
  /** dxa f32[T, S·R], loraA f32[S·R, K] */
  lora?: { dxa: Named<Tensor, "dxa">; loraA: Named<Tensor, "loraA"> };
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
  const used = variant === "quad" && !whole ? "register" : variant;
  const base = dxKernel(used, shard.dtype, args.accumulate);
  const unread: Tensor = dy;
  const { kernel: chosen, grid, lanesX } = tiled(base, used, k / 4, rows);
  rec.dispatch(
    chosen,
    {
      dy,
      weights: shard.tensor,
      dxa: lora?.dxa ?? unread,
      loraA: lora?.loraA ?? unread,
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
