// Gradient of Gemma 3's gated activation against f64.
import { geluTanhMulGradReference } from "../reference/geluTanhMulGrad";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeGeluTanhMulGrad } from "./geluTanhMulGrad";

gpuTest.each([
  { why: "control", rows: 16, width: 64, scale: 3, dScale: 1 },
  { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1, dScale: 1 },
  { why: "ragged tail", rows: 7, width: 36, scale: 3, dScale: 1 },
  { why: "saturated gates", rows: 5, width: 20, scale: 50, dScale: 1 },
  { why: "extreme gates, whose cubes overflow", rows: 5, width: 20, scale: 1e15, dScale: 1e-4 },
  { why: "masked: zero gradient", rows: 3, width: 8, scale: 3, dScale: 0 },
])("gelu_tanh_mul_grad: $why", async ({ gpu, input, output, rows, width, scale, dScale }) => {
  const values = seeded(1, 2 * rows * width, scale);
  const dActs = seeded(2, rows * width, dScale);
  const dGateUp = output([rows, 2 * width]);
  const tensors = { dAct: input(dActs, [rows, width]), gateUp: input(values, [rows, 2 * width]), dGateUp };
  await gpu.run((rec) => encodeGeluTanhMulGrad(rec, tensors));
  // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
  const want = geluTanhMulGradReference(dActs, values, width);
  expectClose(await gpu.readF32(dGateUp), want, { abs: 0, rel: 2e-6 });
});

gpuTest("gelu_tanh_mul_grad: known values of PyTorch", async ({ gpu, input, output }) => {
  const gate = [0, 1, -1, 3];
  const dGateUp = output([1, 8]);
  const tensors = {
    dAct: input(Float32Array.of(1, 1, 1, 1), [1, 4]),
    gateUp: input(Float32Array.from([...gate, 3, 3, 3, 3]), [1, 8]),
    dGateUp,
  };
  await gpu.run((rec) => encodeGeluTanhMulGrad(rec, tensors));
  const got = await gpu.readF32(dGateUp);
  const slopes = [0.5, 1.0829640838457826, -0.08296408384578258, 1.0115841666309695].map((s) => 3 * s);
  const want = [...slopes, 0, 0.8411919906082768, -0.1588080093917233, 2.996362607918227];
  // Entry by entry, as they differ in size; at −1 the slope is a difference of terms twice as large.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 1e-7, rel: 2e-6 }, `entry ${i}`));
});

gpuTest("gelu_tanh_mul_grad: gates whose cubes overflow", async ({ gpu, input, output }) => {
  const gate = [1e15, -1e15, 20, -20];
  const dGateUp = output([1, 8]);
  const tensors = {
    dAct: input(Float32Array.of(1, 1, 1, 1), [1, 4]),
    gateUp: input(Float32Array.from([...gate, 3, 3, 3, 3]), [1, 8]),
    dGateUp,
  };
  await gpu.run((rec) => encodeGeluTanhMulGrad(rec, tensors));
  const got = await gpu.readF32(dGateUp);
  const want = [3, 0, 3, 0, Math.fround(1e15), 0, 20, 0];
  // Entry by entry, as they differ in size; units in the last place.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 1e-30, rel: 1e-6 }, `entry ${i}`));
});
