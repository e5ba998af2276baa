// Gemma 3's gated activation against f64, gates as large as they come.
import { geluTanhMulReference } from "../reference/geluTanhMul";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeGeluTanhMul } from "./geluTanhMul";

gpuTest.each([
  { why: "control", rows: 16, width: 64, scale: 3 },
  { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1 },
  { why: "ragged tail", rows: 7, width: 36, scale: 3 },
  { why: "small gates", rows: 3, width: 12, scale: 1e-6 },
  { why: "saturated gates", rows: 5, width: 20, scale: 50 },
  { why: "extreme gates, whose cubes overflow", rows: 5, width: 20, scale: 1e15 },
  { why: "masked: zeros", rows: 3, width: 8, scale: 0 },
])("gelu_tanh_mul: $why", async ({ gpu, input, output, rows, width, scale }) => {
  const values = seeded(1, 2 * rows * width, scale);
  const act = output([rows, width]);
  await gpu.run((rec) => encodeGeluTanhMul(rec, { gateUp: input(values, [rows, 2 * width]), act }));
  // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
  expectClose(await gpu.readF32(act), geluTanhMulReference(values, width), { abs: 0, rel: 2e-6 });
});

gpuTest("gelu_tanh_mul: known values of PyTorch", async ({ gpu, input, output }) => {
  const gate = [0, 1, -1, 3, -3, 1e15, -1e15, -20];
  const act = output([1, 8]);
  const gateUp = input(Float32Array.from([...gate, ...gate.map(() => 2)]), [1, 16]);
  await gpu.run((rec) => encodeGeluTanhMul(rec, { gateUp, act }));
  const got = await gpu.readF32(act);
  const want = [0, 2 * 0.8411919906082768, -2 * 0.1588080093917233, 5.992725215836454, -0.007274784163545989];
  want.push(Math.fround(1e15) * 2, 0, 0);
  // Entry by entry, as they differ in size. At −3 the exponent is −6.7: 17 units in the last place, 1e-6.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 1e-30, rel: 2e-6 }, `gate ${gate[i]}`));
});
