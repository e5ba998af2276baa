// The optimiser's steps against f64 and against torch's numbers; skipped steps to the bit.
import { adamwReference } from "../reference/adamw";
import { expectClose, expectEqual, gpuTest, seeded } from "../testing/suite";
import { encodeAdamW } from "./adamw";

const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };
const corrected = (s: typeof settings, step: number) => ({
  ...s,
  correction1: 1 - s.beta1 ** step,
  correction2: 1 - s.beta2 ** step,
});

interface Row {
  why: string;
  size: number;
  steps: number;
  gradScale: number;
  factor?: number;
  with?: Partial<typeof settings>;
}

gpuTest.each<Row>([
  { why: "control: ten steps", size: 4096, steps: 10, gradScale: 1, with: { learningRate: 1e-3 } },
  { why: "degenerate: one vec4, one step", size: 4, steps: 1, gradScale: 1 },
  { why: "ragged tail", size: 4 * 97, steps: 3, gradScale: 1 },
  { why: "clipped", size: 256, steps: 3, gradScale: 100, factor: 0.0125 },
  {
    why: "no decay, other betas",
    size: 256,
    steps: 3,
    gradScale: 1,
    with: { weightDecay: 0, beta1: 0.5, beta2: 0.95 },
  },
  { why: "extreme: gradients as small as epsilon", size: 256, steps: 3, gradScale: 1e-8 },
  { why: "extreme: large gradients", size: 256, steps: 3, gradScale: 1e15 },
  { why: "zero gradients: only decay", size: 64, steps: 2, gradScale: 0 },
])("adamw: $why", async ({ gpu, input, size, steps, gradScale, factor = 1, with: other }) => {
  const chosen = { ...settings, ...other };
  const start = seeded(1, size);
  const state = {
    param: Float64Array.from(start),
    first: new Float64Array(size),
    second: new Float64Array(size),
  };
  const [param, first, second] = [start, new Float32Array(size), new Float32Array(size)].map((v) =>
    input(v, [size]),
  );
  const status = input(Float32Array.of(2, 5, factor, 1), [4]);
  for (let step = 1; step <= steps; step++) {
    const gradient = seeded(10 + step, size, gradScale);
    const grad = input(gradient, [size]);
    await gpu.run((rec) => encodeAdamW(rec, { param, grad, first, second, status }, corrected(chosen, step)));
    adamwReference(state, gradient, [2, 5, Math.fround(factor), 1], corrected(chosen, step));
  }
  // A dozen f32 roundings a step, each 6e-8 of the entry; the update itself is at most a few learning rates.
  expectClose(
    await gpu.readF32(param),
    state.param,
    { abs: 1e-6 * chosen.learningRate * steps, rel: 1e-6 },
    "param",
  );
  expectClose(await gpu.readF32(first), state.first, { abs: 0, rel: 1e-6 }, "first");
  expectClose(await gpu.readF32(second), state.second, { abs: 0, rel: 1e-6 }, "second");
});

gpuTest("adamw: known values, three steps of torch 2", async ({ gpu, input }) => {
  const param = input(Float32Array.of(1, -2, 0.5, 0), [4]);
  const [first, second] = [input(new Float32Array(4), [4]), input(new Float32Array(4), [4])];
  const status = input(Float32Array.of(1, 1, 1, 1), [4]);
  const grads = [
    [0.5, -1, 1e-3, 0],
    [-0.25, 2, 1e-3, 0],
    [0.125, 0, -4, 0],
  ];
  for (const [i, values] of grads.entries()) {
    const grad = input(Float32Array.from(values), [4]);
    await gpu.run((rec) =>
      encodeAdamW(rec, { param, grad, first, second, status }, corrected(settings, i + 1)),
    );
  }
  // torch in float64; ours in f32, so a few units in the last place of 2.
  const want = [0.8365529176159483, -1.9590795496464593, 0.36265744287825685, 0];
  expectClose(await gpu.readF32(param), want, { abs: 1e-6 });
});

gpuTest("adamw: masked, a step that is not finite changes no bit", async ({ gpu, input }) => {
  const size = 260;
  const before = [seeded(1, size), seeded(2, size), seeded(3, size).map(Math.abs)];
  const [param, first, second] = before.map((v) => input(v, [size]));
  const grad = input(new Float32Array(size).fill(NaN), [size]);
  const status = input(Float32Array.of(NaN, Infinity, 0, 0), [4]);
  await gpu.run((rec) => encodeAdamW(rec, { param, grad, first, second, status }, corrected(settings, 1)));
  expectEqual(await gpu.readF32(param), before[0], "param");
  expectEqual(await gpu.readF32(first), before[1], "first");
  expectEqual(await gpu.readF32(second), before[2], "second");
});
