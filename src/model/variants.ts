// Which form of the hot matmul runs at which shape. All forms give the same bits, so the choice is about time only:
// by rule at first, by trial on the device where somebody asked for one.
import type { Gpu } from "../gpu/gpu";
import { encodeMatmul, encodeMatmulDx, type MatmulVariant } from "../gpu/kernels/matmul";
import { Recorder } from "../gpu/recorder";
import { weightRowBytes, type WeightType } from "../gpu/weights";
import type { VariantOf } from "./forward";

export interface VariantTable {
  choose: VariantOf;
  /** What was chosen so far, by shape; recorded with a run. */
  chosen(): Record<string, string>;
}

const rowsClass = (rows: number): number => (rows <= 8 ? 8 : rows <= 64 ? 64 : 256);
const keyOf = (direction: "forward" | "dx", rows: number, n: number, k: number): string =>
  `${direction} ${rowsClass(rows)}×${n}×${k}`;

/** Quads where there are subgroups and enough rows and columns to fill a tile, else registers. */
export function fixedVariant(gpu: Gpu, table: Record<string, MatmulVariant> = {}): VariantTable {
  const subgroups = gpu.features.has("subgroups");
  const used = new Map<string, MatmulVariant>(Object.entries(table));
  return {
    choose: (direction, rows, n, k) => {
      const key = keyOf(direction, rows, n, k);
      const known = used.get(key);
      if (known && (known !== "quad" || subgroups)) return known;
      const width = direction === "forward" ? n : k;
      const variant: MatmulVariant = subgroups && rows > 8 && width >= 32 ? "quad" : "register";
      used.set(key, variant);
      return variant;
    },
    chosen: () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * Times every form at each shape and keeps the fastest.
 * @param shapes [N, K] of the model's matrices; each is tried at 64 and 256 rows.
 * @returns a table for fixedVariant, to be stored by adapter, browser and shape.
 */
export async function tryVariants(
  gpu: Gpu,
  shapes: readonly [number, number][],
  dtype: WeightType,
): Promise<Record<string, MatmulVariant>> {
  const table: Record<string, MatmulVariant> = {};
  if (!gpu.features.has("subgroups")) return table;
  for (const [n, k] of shapes) {
    for (const rows of [64, 256]) {
      const x = gpu.alloc([rows, k], "f32", "trial x", "scratch");
      const y = gpu.alloc([rows, n], "f32", "trial y", "scratch");
      const weights = gpu.alloc([(n * weightRowBytes(k, dtype)) / 4], "u32", "trial weights", "scratch");
      const shard = { tensor: weights, dtype, firstRow: 0, rows: n, cols: k };
      for (const direction of ["forward", "dx"] as const) {
        const times = new Map<MatmulVariant, number>();
        for (let round = 0; round < 3; round++) {
          for (const variant of ["register", "quad"] as const) {
            const rec = new Recorder();
            for (let i = 0; i < 2; i++) {
              if (direction === "forward") encodeMatmul(rec, { x, shard, y }, variant);
              else encodeMatmulDx(rec, { dy: y, shard, dx: x, accumulate: false }, variant);
            }
            const start = performance.now();
            await gpu.submit(rec);
            await gpu.done();
            // The first round also compiles.
            if (round)
              times.set(variant, Math.min(times.get(variant) ?? Infinity, performance.now() - start));
          }
        }
        table[keyOf(direction, rows, n, k)] =
          times.get("quad")! <= times.get("register")! ? "quad" : "register";
      }
      gpu.free(x, y, weights);
    }
  }
  return table;
}
