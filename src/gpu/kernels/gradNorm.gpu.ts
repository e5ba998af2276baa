// Gradient norm, clip factor and the finite test, with everything a broken step can throw at it.
import { gradNormReference } from "../reference/gradNorm";
import { expectClose, expectEqual, gpuTest, seeded, type GpuTestContext } from "../testing/suite";
import { encodeGradNorm, gradNormPartials } from "./gradNorm";

interface Case {
  grad: Float32Array;
  loss?: number;
  clipNorm?: number;
  partials?: number;
}

async function statusOf({ gpu, input, output }: GpuTestContext, row: Case): Promise<Float32Array> {
  const { grad, loss = 2, clipNorm = 1, partials = gradNormPartials(grad.length) } = row;
  const status = output([4], "f32", "status");
  const tensors = {
    grad: input(grad, [grad.length]),
    partials: output([partials], "f32", "partials"),
    loss: input(Float32Array.of(loss), [1]),
    status,
  };
  await gpu.run((rec) => encodeGradNorm(rec, tensors, { clipNorm }));
  return gpu.readF32(status);
}

const spoiled = (value: number, at: number): Float32Array => {
  const grad = seeded(1, 4096);
  grad[at] = value;
  return grad;
};

gpuTest.each<Case & { why: string }>([
  { why: "known value, clipped", grad: Float32Array.of(3, 0, 0, 4) },
  { why: "known value, below the limit", grad: Float32Array.of(3, 0, 0, 4), clipNorm: 10 },
  { why: "control", grad: seeded(1, 100_000) },
  { why: "no clipping", grad: seeded(1, 4096), clipNorm: 0 },
  { why: "degenerate: one entry", grad: Float32Array.of(0, -0.5, 0, 0), partials: 1 },
  { why: "ragged: partial sums of uneven length", grad: seeded(1, 4 * 1031), partials: 7 },
  { why: "ragged: more partial sums than vec4s", grad: seeded(1, 8), partials: 64 },
  { why: "zeros", grad: new Float32Array(64) },
  { why: "extreme: squares would overflow", grad: seeded(1, 4096, 1e30) },
  { why: "extreme: squares would vanish", grad: seeded(1, 4096, 1e-30) },
  { why: "extreme: very unlike sizes", grad: spoiled(1e25, 77) },
  { why: "extreme: the largest norm", grad: Float32Array.of(1.7e38, 1.7e38, 1.7e38, 1.69e38), clipNorm: 1e9 },
])("grad_norm: $why", async (row) => {
  const got = await statusOf(row, row);
  const want = gradNormReference(row.grad, row.loss ?? 2, row.clipNorm ?? 1);
  // f32 sums of squares of at most 100 terms each, and two roots; each entry on its own scale.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 0, rel: 1e-6 }, `status[${i}]`));
});

gpuTest.each<Case & { why: string; wantLoss?: number }>([
  { why: "NaN in the last entry", grad: spoiled(NaN, 4095) },
  { why: "NaN in the first entry", grad: spoiled(NaN, 0) },
  { why: "infinity", grad: spoiled(Infinity, 1234) },
  { why: "minus infinity", grad: spoiled(-Infinity, 1234), clipNorm: 0 },
  { why: "opposite infinities", grad: Float32Array.of(Infinity, -Infinity, 0, 0) },
  { why: "a norm past the largest f32", grad: Float32Array.of(3e38, 3e38, 3e38, 3e38) },
  {
    why: "a norm past the largest f32 over partial sums",
    grad: new Float32Array(4096).fill(1e37),
    partials: 64,
  },
])("grad_norm: not finite: $why", async (row) => {
  expectEqual(await statusOf(row, row), [2, Infinity, 0, 0], "status");
});

gpuTest.each([
  { why: "NaN", loss: NaN },
  { why: "infinity", loss: Infinity },
  { why: "minus infinity", loss: -Infinity },
])("grad_norm: the loss is not finite: $why", async ({ loss, ...context }) => {
  const got = await statusOf(context, { grad: Float32Array.of(3, 0, 0, 4), loss });
  expectEqual([got[0], got[2], got[3]], [loss, 0, 0], "loss, factor, finite");
  expectClose([got[1]], [5], { abs: 1e-6 }, "norm"); // a root, units in the last place
});
