// Chooses the variant of the matmul kernel for each shape. All variants give the same bits, so only their speed
// matters: a rule decides at first, or a trial on the device if the user asked for one.
import type { Gpu } from "../gpu/gpu";
import {
  encodeMatmul,
  encodeMatmulDx,
  MATMUL_VARIANTS,
  needsSubgroups,
  type MatmulVariant,
} from "../gpu/kernels/matmul";
import { Recorder } from "../gpu/recorder";
import { weightRowBytes, type WeightType } from "../gpu/weights";
import type { VariantOf } from "./forward";

export interface VariantTable {
  choose: VariantOf;
  /** What was chosen so far, by shape; recorded with a run. */
  chosen(): Record<string, string>;
}

/** A choice holds for all batches of up to so many rows; the last for larger ones, too. */
export const ROW_CLASSES = [8, 64, 256] as const;
const rowsClass = (rows: number): number => ROW_CLASSES.find((most) => rows <= most) ?? 256;
const keyOf = (direction: "forward" | "dx", rows: number, n: number, k: number): string =>
  `${direction} ${rowsClass(rows)}×${n}×${k}`;

/** What measured best on a software adapter (docs/performance.md); tile is left to the trial on real GPUs. */
function byRule(direction: "forward" | "dx", rows: number, n: number, k: number): MatmulVariant {
  // Training on 8 rows is too rare to compile another kernel for it.
  if (direction === "dx") return k >= 32 ? "quad" : "register";
  return rows > 8 && n >= 32 ? "quad" : "register";
}

/** The variants of a table (from tryVariants) where it has the shape, by rule elsewhere. */
export function fixedVariant(gpu: Gpu, table: Record<string, MatmulVariant> = {}): VariantTable {
  const subgroups = gpu.features.has("subgroups");
  const used = new Map<string, MatmulVariant>(Object.entries(table));
  const able = (variant: MatmulVariant) => subgroups || !needsSubgroups(variant);
  return {
    choose: (direction, rows, n, k) => {
      const key = keyOf(direction, rows, n, k);
      const known = used.get(key);
      if (known && able(known)) return known;
      const rule = byRule(direction, rows, n, k);
      const variant = able(rule) ? rule : "register";
      used.set(key, variant);
      return variant;
    },
    chosen: () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const TRIAL_ROUNDS = 3;
/** Dispatches per sample, enough that the time of submitting does not matter. */
const TRIAL_REPEATS = 4;

/**
 * Times every variant at each shape, interleaved, and keeps the fastest.
 * @param shapes [N, K] of the model's matrices; each is tried at 8, 64 and 256 rows.
 * @returns a table for fixedVariant, to be stored by adapter, browser and shape.
 */
export async function tryVariants(
  gpu: Gpu,
  shapes: readonly [number, number][],
  dtype: WeightType,
): Promise<Record<string, MatmulVariant>> {
  const table: Record<string, MatmulVariant> = {};
  const able = MATMUL_VARIANTS.filter((v) => gpu.features.has("subgroups") || !needsSubgroups(v));
  for (const [n, k] of shapes) {
    for (const rows of ROW_CLASSES) {
      const x = gpu.alloc([rows, k], "f32", "trial x", "scratch");
      const y = gpu.alloc([rows, n], "f32", "trial y", "scratch");
      const weights = gpu.alloc([(n * weightRowBytes(k, dtype)) / 4], "u32", "trial weights", "scratch");
      const shard = { tensor: weights, dtype, firstRow: 0, rows: n, cols: k };
      for (const direction of ["forward", "dx"] as const) {
        const times = new Map<MatmulVariant, number>();
        for (let round = 0; round < TRIAL_ROUNDS; round++) {
          for (const variant of able) {
            const rec = new Recorder();
            for (let i = 0; i < TRIAL_REPEATS; i++) {
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
        table[keyOf(direction, rows, n, k)] = able.reduce((best, v) =>
          times.get(v)! < times.get(best)! ? v : best,
        );
      }
      gpu.free(x, y, weights);
    }
  }
  return table;
}
