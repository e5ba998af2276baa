// The table of attention shapes and batches that the forward and the backward tests share.
import { windowRows } from "../reference/windowRows";
import { packedRows, clearPadding, type PackedGroup } from "./packing";
import { seeded } from "./suite";

export interface AttentionCase {
  why: string;
  heads: number;
  kvHeads: number;
  headDim: number;
  groups: readonly PackedGroup[];
  /** Entries of q and k lie in ±scale. */
  scale?: number;
  /** Keys a row sees at most, its own included. */
  window?: number;
  /** By what scores are multiplied; default 1/√D. */
  scoreScale?: number;
}

const documents = (...children: number[]): PackedGroup[] => [{ prefix: 0, children }];

export const attentionCases: AttentionCase[] = [
  { why: "control, the base model's heads", heads: 4, kvHeads: 2, headDim: 32, groups: documents(64, 64) },
  { why: "degenerate: one row", heads: 1, kvHeads: 1, headDim: 8, groups: documents(1) },
  { why: "ragged documents", heads: 2, kvHeads: 1, headDim: 8, groups: documents(1, 7, 2, 1, 30, 5, 3, 1) },
  { why: "D 10, padded", heads: 2, kvHeads: 2, headDim: 10, groups: documents(5, 9) },
  { why: "D 24, three heads a group", heads: 6, kvHeads: 2, headDim: 24, groups: documents(13, 6) },
  { why: "D 64, two slices", heads: 6, kvHeads: 1, headDim: 64, groups: documents(18) },
  {
    why: "D 128, four slices",
    heads: 2,
    kvHeads: 1,
    headDim: 128,
    groups: [{ prefix: 5, children: [4, 6] }],
  },
  { why: "D 40, slices of five", heads: 1, kvHeads: 1, headDim: 40, groups: documents(9) },
  {
    why: "prefix groups: ragged children, an empty prefix between",
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    groups: [{ prefix: 9, children: [3, 1, 14] }, ...documents(6), { prefix: 2, children: [2, 2, 2, 2] }],
  },
  {
    why: "prefix much longer than its children",
    heads: 2,
    kvHeads: 1,
    headDim: 8,
    groups: [{ prefix: 70, children: [1, 2, 1] }],
  },
  {
    why: "more rows than one workgroup holds",
    heads: 1,
    kvHeads: 1,
    headDim: 8,
    groups: documents(150, 3, 77),
  },
  { why: "extreme: logits near ±60", heads: 2, kvHeads: 1, headDim: 16, groups: documents(21), scale: 8 },
  { why: "window 1: a row sees itself", heads: 2, kvHeads: 1, headDim: 8, groups: documents(9), window: 1 },
  {
    why: "control: a window longer than all documents",
    heads: 2,
    kvHeads: 1,
    headDim: 16,
    groups: documents(20, 9),
    window: 64,
  },
  {
    why: "a window over ragged documents",
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    groups: documents(1, 7, 2, 1, 30, 5, 3, 1),
    window: 4,
  },
  {
    why: "a window over the borders of prefixes, scores scaled by 0.2",
    heads: 4,
    kvHeads: 1,
    headDim: 24,
    groups: [{ prefix: 9, children: [3, 1, 14] }, ...documents(6), { prefix: 2, children: [2, 2, 9] }],
    window: 6,
    scoreScale: 0.2,
  },
  {
    why: "a window in more rows than one workgroup holds",
    heads: 1,
    kvHeads: 1,
    headDim: 8,
    groups: documents(150, 3, 77),
    window: 33,
  },
];

/** Rows and seeded q, k, v, dO of a case, padding 0. */
export function attentionInputs({ heads, kvHeads, headDim, groups, scale = 1, window }: AttentionCase) {
  const packed = packedRows(groups);
  const rows = window ? windowRows(packed, window) : packed;
  const count = rows.token.length;
  const padded = 4 * Math.ceil(headDim / 4);
  const fill = (seed: number, n: number, size: number) =>
    clearPadding(seeded(seed, count * n * padded, size), headDim);
  return {
    rows,
    count,
    padded,
    q: fill(1, heads, scale),
    k: fill(2, kvHeads, scale),
    v: fill(3, kvHeads, 1),
    dO: fill(4, heads, 1),
  };
}
