// Root-mean-square norm against f64.
import { rmsNormReference } from "../reference/rmsNorm";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeRmsNorm } from "./rmsNorm";
import type { RowLanes } from "./rowLanes";

interface Row {
  why: string;
  rows: number;
  columns: number;
  real?: number;
  eps?: number;
  scale?: number;
}

const TABLE: Row[] = [
  { why: "control", rows: 16, columns: 128 },
  { why: "degenerate: one row, one column", rows: 1, columns: 4, real: 1 },
  { why: "ragged: one vec4 more than lanes, padded", rows: 3, columns: 132, real: 130 },
  { why: "fewer vec4s than lanes", rows: 9, columns: 20, real: 18 },
  { why: "wide rows", rows: 2, columns: 4096 },
  { why: "extreme: large values", rows: 3, columns: 64, scale: 1e15 },
  { why: "extreme: eps outweighs the values", rows: 3, columns: 64, scale: 1e-6, eps: 1e-5 },
  { why: "masked: rows of zeros", rows: 3, columns: 64, scale: 0 },
  { why: "ragged: rows that do not fill a workgroup", rows: 19, columns: 36 },
];
/** One thread a row as on software adapters, a few, and many. */
const LANES: RowLanes[] = [1, 4, 32];
const everyLane = LANES.flatMap((lanes) => TABLE.map((row) => ({ ...row, lanes })));

gpuTest.each([
  ...everyLane,
  { why: "more than 65,535 workgroups", rows: 65_600, columns: 4, lanes: 16 as const },
])(
  "rms_norm, $lanes lanes: $why",
  async ({ gpu, input, output, rows, columns, real = columns, eps = 1e-6, scale = 1, lanes }) => {
    const pad = (v: number, i: number) => (i % columns < real ? v : 0);
    const xs = seeded(1, rows * columns, scale).map(pad);
    const weights = seeded(2, columns, 2).map(pad);
    const [y, inv] = [output([rows, columns], "f32", "y"), output([rows], "f32", "inv")];
    await gpu.run((rec) =>
      encodeRmsNorm(
        rec,
        { x: input(xs, [rows, columns]), weight: input(weights, [columns]), y, inv },
        { real, eps, lanes },
      ),
    );
    const want = rmsNormReference(xs, weights, real, eps);
    // A sum of C squares in f32 over one lane or more, a root and a quotient: a few tens of units in the last place.
    expectClose(await gpu.readF32(inv), want.inv, { abs: 0, rel: 2e-6 }, "inv");
    expectClose(await gpu.readF32(y), want.y, { abs: 0, rel: 2e-6 }, "y");
  },
);

gpuTest("rms_norm: known value", async ({ gpu, input, output }) => {
  const [y, inv] = [output([1, 4]), output([1])];
  const x = input(Float32Array.of(6, 8, 0, 0), [1, 4]);
  const weight = input(Float32Array.of(1, 2, 0, 0), [4]);
  await gpu.run((rec) => encodeRmsNorm(rec, { x, weight, y, inv }, { real: 4, eps: 0 }));
  // Mean square 100/4, so inv = 1/5; units in the last place only.
  expectClose(await gpu.readF32(inv), [0.2], { abs: 1e-7 });
  expectClose(await gpu.readF32(y), [1.2, 3.2, 0, 0], { abs: 1e-6 });
});
