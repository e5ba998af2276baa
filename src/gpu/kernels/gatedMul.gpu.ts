// The gated activation and its gradient against f64 with every gate's function, gates as large as they come.
import { gatedMulGradReference, gatedMulReference, GATES } from "../reference/gatedMul";
import { expectClose, gpuTest, seeded } from "../testing/suite";
import { encodeGatedMul, encodeGatedMulGrad, type GateFunction } from "./gatedMul";

const FUNCTIONS: readonly GateFunction[] = ["silu", "gelu_tanh"];
/** Each case with each function: `extreme` gates are those that would overflow exp, or their cubes. */
const withEach = <T extends { why: string }>(cases: readonly T[]) =>
  FUNCTIONS.flatMap((gate) => cases.map((entry) => ({ gate, extreme: EXTREME[gate], ...entry })));
const EXTREME = { silu: 1e4, gelu_tanh: 1e15 };

gpuTest.each(
  withEach([
    { why: "control", rows: 16, width: 64, scale: 3 },
    { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1 },
    { why: "ragged tail", rows: 7, width: 36, scale: 3 },
    { why: "small gates", rows: 3, width: 12, scale: 1e-6 },
    { why: "saturated gates", rows: 5, width: 20, scale: 50 },
    { why: "extreme gates", rows: 5, width: 20, scale: null },
    { why: "masked: zeros", rows: 3, width: 8, scale: 0 },
  ]),
)("gated_mul, $gate: $why", async ({ gpu, input, output, gate, extreme, rows, width, scale }) => {
  const values = seeded(1, 2 * rows * width, scale ?? extreme);
  const act = output([rows, width]);
  await gpu.run((rec) => encodeGatedMul(rec, gate, { gateUp: input(values, [rows, 2 * width]), act }));
  // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
  expectClose(await gpu.readF32(act), gatedMulReference(GATES[gate], values, width), { abs: 0, rel: 2e-6 });
});

gpuTest.each<{ gate: GateFunction; why: string; values: [gate: number, act: number][]; rel: number }>([
  {
    gate: "silu",
    why: "where exp would overflow",
    values: [
      [0, 0],
      [1, 0.7310585786300049],
      [-1, -0.2689414213699951],
      [1e4, 1e4],
      [-1e4, 0],
      [88.8, 88.8],
      // e^-88.8 is 2.7e-39 and may be flushed to 0.
      [-88.8, 0],
      [-104, 0],
    ],
    rel: 1e-6,
  },
  {
    gate: "gelu_tanh",
    why: "of PyTorch",
    values: [
      [0, 0],
      [1, 0.8411919906082768],
      [-1, -0.1588080093917233],
      [3, 2.996362607918227],
      [-3, -0.0036373920817729943],
      [1e15, Math.fround(1e15)],
      [-1e15, 0],
      [-20, 0],
    ],
    // At −3 the exponent is −6.7: 17 units in the last place, 1e-6.
    rel: 2e-6,
  },
])("gated_mul, $gate: known values, $why", async ({ gpu, input, output, gate, values, rel }) => {
  const act = output([1, 8]);
  const gateUp = input(Float32Array.from([...values.map(([g]) => g), ...values.map(() => 2)]), [1, 16]);
  await gpu.run((rec) => encodeGatedMul(rec, gate, { gateUp, act }));
  const got = await gpu.readF32(act);
  // Entry by entry, as they differ in size.
  values.forEach(([g, want], i) => expectClose([got[i]], [2 * want], { abs: 1e-35, rel }, `gate ${g}`));
});

gpuTest.each(
  withEach([
    { why: "control", rows: 16, width: 64, scale: 3, dScale: 1 },
    { why: "degenerate: one row of one vec4", rows: 1, width: 4, scale: 1, dScale: 1 },
    { why: "ragged tail", rows: 7, width: 36, scale: 3, dScale: 1 },
    { why: "saturated gates", rows: 5, width: 20, scale: 50, dScale: 1 },
    { why: "extreme gates", rows: 5, width: 20, scale: null, dScale: 1e-4 },
    { why: "masked: zero gradient", rows: 3, width: 8, scale: 3, dScale: 0 },
  ]),
)(
  "gated_mul_grad, $gate: $why",
  async ({ gpu, input, output, gate, extreme, rows, width, scale, dScale }) => {
    const values = seeded(1, 2 * rows * width, scale ?? extreme);
    const dActs = seeded(2, rows * width, dScale);
    const dGateUp = output([rows, 2 * width]);
    const tensors = { dAct: input(dActs, [rows, width]), gateUp: input(values, [rows, 2 * width]), dGateUp };
    await gpu.run((rec) => encodeGatedMulGrad(rec, gate, tensors));
    // exp may be off by 3 + 2·|x| units in the last place, and matters only where |x| is small.
    const want = gatedMulGradReference(GATES[gate], dActs, values, width);
    expectClose(await gpu.readF32(dGateUp), want, { abs: 0, rel: 2e-6 });
  },
);

gpuTest.each<{
  gate: GateFunction;
  why: string;
  gates: number[];
  slopes: number[];
  values: number[];
  abs: number;
  rel: number;
}>([
  {
    gate: "silu",
    why: "where exp would overflow",
    gates: [0, 1e4, -1e4, 88.8],
    slopes: [0.5, 1, 0, 1],
    values: [0, 1e4, 0, 88.8],
    // Units in the last place.
    abs: 1e-35,
    rel: 1e-6,
  },
  {
    gate: "gelu_tanh",
    why: "of PyTorch",
    gates: [0, 1, -1, 3],
    slopes: [0.5, 1.0829640838457826, -0.08296408384578258, 1.0115841666309695],
    values: [0, 0.8411919906082768, -0.1588080093917233, 2.996362607918227],
    // At −1 the slope is a difference of terms twice as large.
    abs: 1e-7,
    rel: 2e-6,
  },
  {
    gate: "gelu_tanh",
    why: "whose cubes overflow",
    gates: [1e15, -1e15, 20, -20],
    slopes: [1, 0, 1, 0],
    values: [Math.fround(1e15), 0, 20, 0],
    // Units in the last place.
    abs: 1e-30,
    rel: 1e-6,
  },
])("gated_mul_grad, $gate: known values, $why", async ({ gpu, input, output, gate, ...known }) => {
  const dGateUp = output([1, 8]);
  const tensors = {
    dAct: input(Float32Array.of(1, 1, 1, 1), [1, 4]),
    gateUp: input(Float32Array.from([...known.gates, 3, 3, 3, 3]), [1, 8]),
    dGateUp,
  };
  await gpu.run((rec) => encodeGatedMulGrad(rec, gate, tensors));
  const got = await gpu.readF32(dGateUp);
  const want = [...known.slopes.map((slope) => 3 * slope), ...known.values];
  // Entry by entry, as they differ in size.
  want.forEach((value, i) =>
    expectClose([got[i]], [value], { abs: known.abs, rel: known.rel }, `entry ${i}`),
  );
});
