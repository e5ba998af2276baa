// Gradient of the norm against f64, added to what is there.
import { rmsNormReference } from "../reference/rmsNorm";
import { rmsNormGradReference } from "../reference/rmsNormGrad";
import { expectClose, expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodeRmsNormGrad } from "./rmsNormGrad";
import type { RowLanes } from "./rowLanes";

interface Row {
  why: string;
  rows: number;
  columns: number;
  real?: number;
  xScale?: number;
  dyScale?: number;
  eps?: number;
}

const TABLE: Row[] = [
  { why: "control", rows: 16, columns: 128 },
  { why: "degenerate: one row, one column", rows: 1, columns: 4, real: 1, eps: 0.1 },
  { why: "ragged: one vec4 more than lanes, padded", rows: 3, columns: 132, real: 130 },
  { why: "fewer vec4s than lanes", rows: 9, columns: 20, real: 18 },
  { why: "wide rows", rows: 2, columns: 4096 },
  { why: "extreme: large x", rows: 3, columns: 64, xScale: 1e10, dyScale: 1e10 },
  { why: "extreme: small x", rows: 3, columns: 64, xScale: 1e-6, dyScale: 1e-3, eps: 1e-5 },
  { why: "ragged: rows that do not fill a workgroup", rows: 19, columns: 36 },
];
/** One thread a row as on software adapters, a few, and many. */
const LANES: RowLanes[] = [1, 4, 32];
const everyLane = LANES.flatMap((lanes) => TABLE.map((row) => ({ ...row, lanes })));

gpuTest.each([
  ...everyLane,
  { why: "more than 65,535 workgroups", rows: 65_600, columns: 4, lanes: 16 as const },
])(
  "rms_norm_grad, $lanes lanes: $why",
  async ({ gpu, input, rows, columns, real = columns, xScale = 1, dyScale = 1, eps = 1e-6, lanes }) => {
    const pad = (v: number, i: number) => (i % columns < real ? v : 0);
    const xs = seeded(1, rows * columns, xScale).map(pad);
    const weights = seeded(2, columns, 2).map(pad);
    const dys = seeded(3, rows * columns, dyScale);
    const invs = Float32Array.from(rmsNormReference(xs, weights, real, eps).inv);
    const added = rmsNormGradReference(dys, xs, weights, invs, real);
    let peak = 0;
    for (const v of added) peak = Math.max(peak, Math.abs(v));
    const before = seeded(4, rows * columns, peak).map(pad);
    const dx = input(before, [rows, columns]);
    const tensors = {
      dy: input(dys, [rows, columns]),
      x: input(xs, [rows, columns]),
      weight: input(weights, [columns]),
      inv: input(invs, [rows]),
      dx,
    };
    await gpu.run((rec) => encodeRmsNormGrad(rec, tensors, { real, lanes }));
    // One f32 sum over C and a few products, relative to the largest entry of the result.
    const want = added.map((v, i) => v + before[i]);
    expectClose(await gpu.readF32(dx), want, { abs: 0, rel: 2e-6 });
  },
);

gpuTest("rms_norm_grad: masked, a zero gradient changes nothing", async ({ gpu, input }) => {
  const before = seeded(4, 5 * 36);
  const tensors = {
    dy: input(new Float32Array(5 * 36), [5, 36]),
    x: input(seeded(1, 5 * 36), [5, 36]),
    weight: input(seeded(2, 36), [36]),
    inv: input(seeded(3, 5), [5]),
    dx: input(before, [5, 36]),
  };
  await gpu.run((rec) => encodeRmsNormGrad(rec, tensors, { real: 36 }));
  expectEqual(await gpu.readF32(tensors.dx), before);
});
