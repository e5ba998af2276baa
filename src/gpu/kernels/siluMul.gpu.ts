// The gated activation against f64, gates as large as they come.
import { siluMulReference } from "../reference/siluMul";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeSiluMul } from "./siluMul";

gpuTest.each([
  { why: "control", rows: 16, width: 64, scale: 3 },
  { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1 },
  { why: "ragged tail", rows: 7, width: 36, scale: 3 },
  { why: "small gates", rows: 3, width: 12, scale: 1e-6 },
  { why: "saturated gates", rows: 5, width: 20, scale: 50 },
  { why: "extreme gates", rows: 5, width: 20, scale: 1e4 },
  { why: "masked: zeros", rows: 3, width: 8, scale: 0 },
])("silu_mul: $why", async ({ gpu, input, output, rows, width, scale }) => {
  const values = seeded(1, 2 * rows * width, scale);
  const act = output([rows, width]);
  await gpu.run((rec) => encodeSiluMul(rec, { gateUp: input(values, [rows, 2 * width]), act }));
  // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
  expectClose(await gpu.readF32(act), siluMulReference(values, width), { abs: 0, rel: 2e-6 });
});

gpuTest("silu_mul: known values, where exp would overflow", async ({ gpu, input, output }) => {
  const gate = [0, 1, -1, 1e4, -1e4, 88.8, -88.8, -104];
  const act = output([1, 8]);
  const gateUp = input(Float32Array.from([...gate, ...gate.map(() => 2)]), [1, 16]);
  await gpu.run((rec) => encodeSiluMul(rec, { gateUp, act }));
  const got = await gpu.readF32(act);
  const want = [0, 2 * 0.7310585786300049, -2 * 0.2689414213699951, 2e4, 0, 177.6, 0, 0];
  // Entry by entry, as they differ in size; e^-88.8 is 2.7e-39 and may be flushed to 0.
  want.forEach((value, i) => expectClose([got[i]], [value], { abs: 1e-35, rel: 1e-6 }, `gate ${gate[i]}`));
});
