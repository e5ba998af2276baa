// Rows of logits for the tests of the kernels that walk over a vocabulary in tiles.
import { seeded } from "./suite";

export interface LogitRow {
  why: string;
  rows: number;
  vocab: number;
  /** Columns of each tile, a multiple of 4; the last may reach past the vocabulary. */
  width: number;
  logit: (i: number) => number;
}

/** Normal-like logits of that scale by place, the same at every call. */
export function randomLogits(seed: number, scale: number): (i: number) => number {
  const noise = seeded(seed, 1 << 17, scale);
  return (i) => noise[(i * 7919) & 0x1ffff];
}
