// Gradient of the gated activation against f64.
import { siluMulGradReference } from "../reference/siluMulGrad";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeSiluMulGrad } from "./siluMulGrad";

gpuTest.each([
  { why: "control", rows: 16, width: 64, scale: 3, dScale: 1 },
  { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1, dScale: 1 },
  { why: "ragged tail", rows: 7, width: 36, scale: 3, dScale: 1 },
  { why: "saturated gates", rows: 5, width: 20, scale: 50, dScale: 1 },
  { why: "extreme gates", rows: 5, width: 20, scale: 1e4, dScale: 1e-4 },
  { why: "masked: zero gradient", rows: 3, width: 8, scale: 3, dScale: 0 },
])("silu_mul_grad: $why", async ({ gpu, input, output, rows, width, scale, dScale }) => {
  const values = seeded(1, 2 * rows * width, scale);
  const dActs = seeded(2, rows * width, dScale);
  const dGateUp = output([rows, 2 * width]);
  const tensors = { dAct: input(dActs, [rows, width]), gateUp: input(values, [rows, 2 * width]), dGateUp };
  await gpu.run((rec) => encodeSiluMulGrad(rec, tensors));
  // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
  expectClose(await gpu.readF32(dGateUp), siluMulGradReference(dActs, values, width), { abs: 0, rel: 2e-6 });
});

gpuTest("silu_mul_grad: known values, where exp would overflow", async ({ gpu, input, output }) => {
  const gate = [0, 1e4, -1e4, 88.8];
  const dGateUp = output([1, 8]);
  const tensors = {
    dAct: input(Float32Array.of(1, 1, 1, 1), [1, 4]),
    gateUp: input(Float32Array.from([...gate, 3, 3, 3, 3]), [1, 8]),
    dGateUp,
  };
  await gpu.run((rec) => encodeSiluMulGrad(rec, tensors));
  const got = await gpu.readF32(dGateUp);
  const want = [1.5, 3, 0, 3, 0, 1e4, 0, 88.8];
  // Entry by entry, as they differ in size; units in the last place.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 1e-35, rel: 1e-6 }, `entry ${i}`));
});
