// Kernels at the shapes of real models, and the ceilings of the adapter they are a share of.
import { defineKernel, fold } from "../src/gpu/kernel";
import { seconds, type BenchTask } from "./task";

const COPY_SOURCE = `
struct Dims { count: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < dims.count) { to[i] = source[i]; }
}`;

const FMA_SOURCE = `
struct Dims { count: u32, turns: u32 }
@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_fma(@builtin(global_invocation_id) id: vec3u) {
  // Eight chains that do not wait for each other; every value stays between 0 and 2.
  let m = vec4f(0.5);
  let k = vec4f(f32(id.x & 1u) + 1e-3);
  var x = array<vec4f, 8>(k, k * 0.9, k * 0.8, k * 0.7, k * 0.6, k * 0.5, k * 0.4, k * 0.3);
  for (var t = 0u; t < dims.turns; t++) {
    x[0] = fma(x[0], m, k); x[1] = fma(x[1], m, k); x[2] = fma(x[2], m, k); x[3] = fma(x[3], m, k);
    x[4] = fma(x[4], m, k); x[5] = fma(x[5], m, k); x[6] = fma(x[6], m, k); x[7] = fma(x[7], m, k);
  }
  if (id.x < dims.count) { out[id.x] = x[0] + x[1] + x[2] + x[3] + x[4] + x[5] + x[6] + x[7]; }
}`;

const copyKernel = defineKernel({
  entry: "bench_copy",
  source: COPY_SOURCE,
  bindings: [
    ["source", "read"],
    ["to", "write"],
  ],
  dims: [["count", "u32"]],
});
const fmaKernel = defineKernel({
  entry: "bench_fma",
  source: FMA_SOURCE,
  bindings: [["out", "write"]],
  dims: [
    ["count", "u32"],
    ["turns", "u32"],
  ],
});

/** What the adapter can do at most: shares of these are what the other figures mean. */
const copyCeiling: BenchTask = {
  suite: "kernels",
  task: "ceiling: copy by a kernel",
  shape: "16 MiB",
  impl: "proximal",
  unit: "GB/s",
  async prepare(gpu) {
    const count = 2 ** 20;
    const [source, to] = ["source", "to"].map((label) => gpu.alloc([4 * count], "f32", label, "scratch"));
    const run = () =>
      gpu.run((rec) => rec.dispatch(copyKernel, { source, to, dims: { count } }, fold(count / 64)));
    await run();
    return {
      measure: async () => (2 * 16 * count) / (await seconds(gpu, run)) / 1e9,
      dispose: () => gpu.free(source, to),
    };
  },
};

const fmaCeiling: BenchTask = {
  suite: "kernels",
  task: "ceiling: fused multiply-add in registers",
  shape: "8 vec4 chains",
  impl: "proximal",
  unit: "GFLOP/s",
  async prepare(gpu) {
    const [count, turns] = [16384, 512];
    const out = gpu.alloc([4 * count], "f32", "out", "scratch");
    const run = () =>
      gpu.run((rec) => rec.dispatch(fmaKernel, { out, dims: { count, turns } }, [count / 64, 1, 1]));
    await run();
    return {
      measure: async () => (count * turns * 8 * 4 * 2) / (await seconds(gpu, run)) / 1e9,
      dispose: () => gpu.free(out),
    };
  },
};

export const KERNEL_TASKS: BenchTask[] = [copyCeiling, fmaCeiling];
