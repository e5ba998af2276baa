// Measures the limits of the adapter (arithmetic and memory speed); results of other tasks are given as shares of
// these.
import { defineKernel, fold } from "../src/gpu/kernel";
import { benchBlock, benchCopy, benchFma, benchLoad } from "./shaders/index";
import { seconds, type BenchTask } from "./task";

const copyKernel = defineKernel([benchCopy]);
const loadKernel = defineKernel([benchLoad]);
const fmaKernel = defineKernel([benchFma]);
const blockKernel = defineKernel([benchBlock]);

const ceiling = (task: string, shape: string, unit: string, prepare: BenchTask["prepare"]): BenchTask => ({
  suite: "kernels",
  task: `ceiling: ${task}`,
  shape,
  impl: "proximal",
  unit,
  prepare,
});

const copy = ceiling("copy by a kernel", "16 MiB", "GB/s", async (gpu) => {
  const count = 2 ** 20;
  const [source, to] = ["source", "to"].map((label) => gpu.alloc([4 * count], "f32", label, "scratch"));
  const run = () =>
    gpu.run((rec) => rec.dispatch(copyKernel, { source, to, dims: { count } }, fold(count / 64)));
  await run();
  return {
    measure: async () => (2 * 16 * count) / (await seconds(gpu, run)) / 1e9,
    dispose: () => gpu.free(source, to),
  };
});

const LANES = 16384;
const load = ceiling("vec4 loads", "16 a turn", "G values/s", async (gpu) => {
  const iterations = 8;
  const source = gpu.alloc([31 * LANES, 4], "f32", "source", "scratch");
  const to = gpu.alloc([LANES, 4], "f32", "to", "scratch");
  const run = () =>
    gpu.run((rec) =>
      rec.dispatch(loadKernel, { source, to, dims: { count: LANES, iterations } }, [LANES / 64, 1, 1]),
    );
  await run();
  return {
    measure: async () => (LANES * iterations * 16 * 4) / (await seconds(gpu, run)) / 1e9,
    dispose: () => gpu.free(source, to),
  };
});

const arithmetic = (
  task: string,
  shape: string,
  kernel: typeof fmaKernel,
  perIteration: number,
  iterations: number,
) =>
  ceiling(task, shape, "GFLOP/s", async (gpu) => {
    const to = gpu.alloc([LANES, 4], "f32", "to", "scratch");
    const run = () =>
      gpu.run((rec) => rec.dispatch(kernel, { to, dims: { count: LANES, iterations } }, [LANES / 64, 1, 1]));
    await run();
    return {
      measure: async () => (2 * LANES * iterations * perIteration) / (await seconds(gpu, run)) / 1e9,
      dispose: () => gpu.free(to),
    };
  });

export const CEILINGS: BenchTask[] = [
  arithmetic("fused multiply-add in registers", "8 vec4 chains", fmaKernel, 32, 512),
  arithmetic("4×4 block products in registers", "8 vec4 sums", blockKernel, 128, 128),
  load,
  copy,
];
