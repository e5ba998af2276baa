// The frozen matmul in every variant and stored type against f64, and the variants against each other, to the bit.
import type { Gpu } from "../gpu";
import { matmulDxReference, matmulReference } from "../reference/matmul";
import { expectClose, expectEqual, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import { packWeights } from "../testing/weights";
import type { WeightType } from "../weights";
import { encodeMatmul, encodeMatmulDx, MATMUL_VARIANTS, needsSubgroups, type MatmulVariant } from "./matmul";

const needs = (variant: MatmulVariant) => (gpu: Gpu) =>
  needsSubgroups(variant) && !gpu.features.has("subgroups") ? "this adapter has no subgroups" : null;

interface Row {
  why: string;
  rows: number;
  k: number;
  n: number;
  dtype?: WeightType;
  scale?: number;
  lora?: { slots: number; rank: number; segments: [number, number] };
  bias?: boolean;
  residual?: boolean;
  zero?: boolean;
  plain?: boolean;
}

const TABLE: Row[] = [
  { why: "control: one whole tile", rows: 16, k: 64, n: 64 },
  { why: "degenerate: one row, one vec4", rows: 1, k: 4, n: 4 },
  { why: "ragged rows, columns and reduction", rows: 37, k: 148, n: 92 },
  { why: "narrow output", rows: 130, k: 160, n: 24 },
  { why: "wide output", rows: 18, k: 160, n: 768 },
  { why: "extreme values", rows: 9, k: 32, n: 36, scale: 1e4 },
  { why: "zero x gives the epilogue alone", rows: 5, k: 16, n: 20, bias: true, residual: true, zero: true },
  { why: "bf16 weights", rows: 33, k: 160, n: 320, dtype: "bf16" },
  { why: "f16 weights", rows: 17, k: 72, n: 76, dtype: "f16" },
  { why: "int8 weights", rows: 17, k: 96, n: 64, dtype: "int8" },
  { why: "int4 weights", rows: 17, k: 96, n: 64, dtype: "int4" },
  {
    why: "three joined adapters, bias, residual",
    rows: 21,
    k: 64,
    n: 96,
    dtype: "bf16",
    lora: { slots: 3, rank: 8, segments: [48, 72] },
    bias: true,
    residual: true,
  },
  {
    why: "three joined adapters at multiples of 32, ragged rows",
    rows: 43,
    k: 96,
    n: 192,
    lora: { slots: 3, rank: 8, segments: [96, 160] },
    bias: true,
    residual: true,
  },
  {
    why: "adapters that meet inside a lane's eight columns",
    rows: 21,
    k: 64,
    n: 96,
    lora: { slots: 3, rank: 8, segments: [44, 68] },
  },
  { why: "no adapter ever, ragged", rows: 13, k: 36, n: 28, plain: true },
  { why: "ragged rows and columns, whole steps", rows: 37, k: 80, n: 112, dtype: "bf16" },
  { why: "f16 weights, whole steps", rows: 35, k: 96, n: 80, dtype: "f16" },
  { why: "int8 weights, two tiles of rows", rows: 40, k: 128, n: 96, dtype: "int8" },
  { why: "int4 weights, two tiles of rows", rows: 40, k: 128, n: 96, dtype: "int4" },
  { why: "extreme values, whole steps", rows: 33, k: 32, n: 48, scale: 1e4 },
  {
    why: "one adapter of padded rank",
    rows: 7,
    k: 20,
    n: 12,
    lora: { slots: 1, rank: 4, segments: [12, 12] },
  },
];

function forward(context: GpuTestContext, row: Row, variant: MatmulVariant) {
  const { rows, k, n, dtype = "f32", scale = 1 } = row;
  const { words, stored } = packWeights(seeded(2, n * k, scale), k, dtype);
  const x = row.zero ? new Float32Array(rows * k) : seeded(1, rows * k, scale);
  const bias = row.bias ? seeded(3, n) : undefined;
  const residual = row.residual ? seeded(4, rows * n) : undefined;
  const lora = row.lora && {
    ...row.lora,
    scale: 2,
    xa: seeded(5, rows * row.lora.slots * row.lora.rank),
    b: seeded(6, n * row.lora.rank),
  };
  const y = context.output([rows, n]);
  const run = () =>
    context.gpu.run((rec) =>
      encodeMatmul(
        rec,
        {
          x: context.input(x, [rows, k]),
          shard: { tensor: context.input(words, [words.length]), dtype, firstRow: 0, rows: n, cols: k },
          y,
          bias: bias && context.input(bias, [n]),
          residual: residual && context.input(residual, [rows, n]),
          plain: row.plain,
          lora: lora && {
            ...lora,
            xa: context.input(lora.xa, [rows, lora.slots * lora.rank]),
            loraB: context.input(lora.b, [n, lora.rank]),
          },
        },
        variant,
      ),
    );
  return { run, y, want: () => matmulReference({ rows, k, n }, x, stored, { lora, bias, residual }) };
}

function backward(context: GpuTestContext, row: Row, variant: MatmulVariant) {
  const { rows, k, n, dtype = "f32", scale = 1 } = row;
  const { words, stored } = packWeights(seeded(2, n * k, scale), k, dtype);
  const dy = row.zero ? new Float32Array(rows * n) : seeded(1, rows * n, scale);
  const sr = row.lora ? row.lora.slots * row.lora.rank : 0;
  const dxa = seeded(5, rows * sr);
  const a = seeded(6, sr * k);
  const before = row.residual ? seeded(7, rows * k) : undefined;
  const dx = before ? context.input(before, [rows, k]) : context.output([rows, k]);
  const run = () =>
    context.gpu.run((rec) =>
      encodeMatmulDx(
        rec,
        {
          dy: context.input(dy, [rows, n]),
          shard: { tensor: context.input(words, [words.length]), dtype, firstRow: 0, rows: n, cols: k },
          dx,
          accumulate: before !== undefined,
          lora: sr ? { dxa: context.input(dxa, [rows, sr]), loraA: context.input(a, [sr, k]) } : undefined,
        },
        variant,
      ),
    );
  return { run, dx, want: () => matmulDxReference({ rows, k, n }, dy, stored, { dxa, a, sr, before }) };
}

for (const variant of MATMUL_VARIANTS) {
  gpuTest.each(TABLE)(
    `matmul ${variant}: $why`,
    async (row) => {
      const { run, y, want } = forward(row, row, variant);
      await run();
      // f32 sums of up to 384 terms: measured error below 1e-6 of the largest entry.
      expectClose(await row.gpu.readF32(y), want(), { abs: 1e-6, rel: 3e-6 });
    },
    needs(variant),
  );
  gpuTest.each(TABLE)(
    `matmul dx ${variant}: $why`,
    async (row) => {
      const { run, dx, want } = backward(row, row, variant);
      await run();
      // As above.
      expectClose(await row.gpu.readF32(dx), want(), { abs: 1e-6, rel: 3e-6 });
    },
    needs(variant),
  );
}

for (const variant of MATMUL_VARIANTS) {
  if (variant === "register") continue;
  gpuTest.each(TABLE)(
    `matmul ${variant} gives the bits of register: $why`,
    async (row) => {
      const first = forward(row, row, "register");
      const second = forward(row, row, variant);
      const firstBack = backward(row, row, "register");
      const secondBack = backward(row, row, variant);
      for (const { run } of [first, second, firstBack, secondBack]) await run();
      expectEqual(await row.gpu.readF32(second.y), await row.gpu.readF32(first.y));
      expectEqual(await row.gpu.readF32(secondBack.dx), await row.gpu.readF32(firstBack.dx));
    },
    needs(variant),
  );
}
