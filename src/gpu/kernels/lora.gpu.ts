// LoRA gradients on the GPU against f64: one, two and three joined adapters, ragged rows, several chunks.
import { loraGradReference } from "../reference/lora";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeLoraGradA, encodeLoraGradB, encodeLoraGradXa, outerScratch } from "./lora";

const TABLE: {
  why: string;
  rows: number;
  k: number;
  n: number;
  rank: number;
  slots: number;
  segments: [number, number];
  size?: number;
  zero?: boolean;
}[] = [
  {
    why: "known value: zero dy gives zero gradients",
    rows: 8,
    k: 16,
    n: 16,
    rank: 4,
    slots: 1,
    segments: [16, 16],
    zero: true,
  },
  { why: "control: one adapter", rows: 64, k: 64, n: 64, rank: 8, slots: 1, segments: [64, 64] },
  { why: "degenerate: one row", rows: 1, k: 4, n: 4, rank: 4, slots: 1, segments: [4, 4] },
  { why: "two joined, odd borders", rows: 45, k: 148, n: 92, rank: 8, slots: 2, segments: [44, 92] },
  { why: "three joined, several chunks", rows: 300, k: 160, n: 320, rank: 8, slots: 3, segments: [128, 224] },
  { why: "extreme values", rows: 20, k: 32, n: 36, rank: 4, slots: 3, segments: [12, 24], size: 300 },
];

gpuTest.each(TABLE)("lora gradients: $why", async (row) => {
  const { gpu, rows, k, n, rank, slots, segments } = row;
  const size = row.size ?? 1;
  const x = seeded(1, rows * k, size);
  const a = seeded(2, slots * rank * k);
  const b = seeded(3, n * rank);
  const dy = row.zero ? new Float32Array(rows * n) : seeded(4, rows * n, size);
  const want = loraGradReference({ rows, n, k, rank, slots, scale: 2, segments }, x, a, b, dy);
  const sr = slots * rank;
  const xIn = row.input(x, [rows, k]);
  const dyIn = row.input(dy, [rows, n]);
  const xa = row.input(Float32Array.from(want.xa), [rows, sr]);
  const dxa = row.output([rows, sr]);
  const gradA = row.input(new Float32Array(sr * k).fill(1), [sr, k]);
  const gradB = row.input(new Float32Array(n * rank).fill(1), [n, rank]);
  const partial = row.output([Math.max(outerScratch(rows, sr, k), outerScratch(rows, n, rank))]);
  await gpu.run((rec) => {
    encodeLoraGradXa(
      rec,
      { dy: dyIn, loraB: row.input(b, [n, rank]), dxa },
      { rows, rank, segments, scale: 2 },
    );
    encodeLoraGradA(rec, { dxa, x: xIn, partial, grad: gradA }, rows);
    encodeLoraGradB(rec, { dy: dyIn, xa, partial, grad: gradB }, { rows, rank, segments, scale: 2 });
  });
  // f32 sums over up to 320 rows or columns: relative to the largest entry.
  const tolerance = { abs: 1e-6, rel: 5e-6 };
  expectClose(await gpu.readF32(dxa), want.dxa, tolerance, "dxa");
  const plusOne = (v: Float64Array) => v.map((g) => g + 1); // gradients accumulate onto the 1 that was there
  expectClose(await gpu.readF32(gradA), plusOne(want.dA), tolerance, "dA");
  expectClose(await gpu.readF32(gradB), plusOne(want.dB), tolerance, "dB");
});
