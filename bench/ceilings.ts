// What the adapter can do at most: the figures of the other tasks are shares of these.
import { defineKernel, fold } from "../src/gpu/kernel";
import { seconds, type BenchTask } from "./task";

const COPY = `
struct Dims { count: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_copy(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i < dims.count) { to[i] = source[i]; }
}`;

/** Sixteen vec4 loads a turn, neighbouring lanes on neighbouring vec4s; the sum keeps them alive. */
const LOAD = `
struct Dims { count: u32, turns: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_load(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f();
  for (var t = 0u; t < dims.turns; t++) {
    let at = (t & 15u) * dims.count + id.x;
    sum += source[at] + source[at + dims.count] + source[at + 2u * dims.count] + source[at + 3u * dims.count];
    sum += source[at + 4u * dims.count] + source[at + 5u * dims.count] + source[at + 6u * dims.count] + source[at + 7u * dims.count];
    sum += source[at + 8u * dims.count] + source[at + 9u * dims.count] + source[at + 10u * dims.count] + source[at + 11u * dims.count];
    sum += source[at + 12u * dims.count] + source[at + 13u * dims.count] + source[at + 14u * dims.count] + source[at + 15u * dims.count];
  }
  if (id.x < dims.count) { to[id.x] = sum; }
}`;

/** Eight chains that do not wait for each other; every value stays between 0 and 2. */
const FMA = `
struct Dims { count: u32, turns: u32 }
@group(0) @binding(0) var<storage, read_write> to: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_fma(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(0.5);
  let k = vec4f(f32(id.x & 1u) + 1e-3);
  var a = k; var b = k * 0.9; var c = k * 0.8; var d = k * 0.7;
  var e = k * 0.6; var f = k * 0.5; var g = k * 0.4; var h = k * 0.3;
  for (var t = 0u; t < dims.turns; t++) {
    a = fma(a, m, k); b = fma(b, m, k); c = fma(c, m, k); d = fma(d, m, k);
    e = fma(e, m, k); f = fma(f, m, k); g = fma(g, m, k); h = fma(h, m, k);
  }
  if (id.x < dims.count) { to[id.x] = a + b + c + d + e + f + g + h; }
}`;

/** Products of one 4 × 4 block with a vector of four, eight sums: the shape in which a matmul multiplies. */
const BLOCK = `
struct Dims { count: u32, turns: u32 }
@group(0) @binding(0) var<storage, read_write> to: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn bench_block(@builtin(global_invocation_id) id: vec3u) {
  let k = f32(id.x & 1u) * 1e-3 + 1e-3;
  var p = mat4x4f(vec4f(k), vec4f(k * 2.0), vec4f(k * 3.0), vec4f(k * 4.0));
  var a = vec4f(k); var b = a * 0.9; var c = a * 0.8; var d = a * 0.7;
  var e = a * 0.6; var f = a * 0.5; var g = a * 0.4; var h = a * 0.3;
  for (var t = 0u; t < dims.turns; t++) {
    a += a * p; b += b * p; c += c * p; d += d * p; e += e * p; f += f * p; g += g * p; h += h * p;
  }
  if (id.x < dims.count) { to[id.x] = a + b + c + d + e + f + g + h; }
}`;

const turnsOf = [
  ["count", "u32"],
  ["turns", "u32"],
] as const;
const copyKernel = defineKernel({
  entry: "bench_copy",
  source: COPY,
  bindings: [
    ["source", "read"],
    ["to", "write"],
  ],
  dims: [["count", "u32"]],
});
const loadKernel = defineKernel({ ...copyKernel, entry: "bench_load", source: LOAD, dims: turnsOf });
const fmaKernel = defineKernel({
  entry: "bench_fma",
  source: FMA,
  bindings: [["to", "write"]],
  dims: turnsOf,
});
const blockKernel = defineKernel({ ...fmaKernel, entry: "bench_block", source: BLOCK });

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
  const turns = 8;
  const source = gpu.alloc([31 * LANES, 4], "f32", "source", "scratch");
  const to = gpu.alloc([LANES, 4], "f32", "to", "scratch");
  const run = () =>
    gpu.run((rec) =>
      rec.dispatch(loadKernel, { source, to, dims: { count: LANES, turns } }, [LANES / 64, 1, 1]),
    );
  await run();
  return {
    measure: async () => (LANES * turns * 16 * 4) / (await seconds(gpu, run)) / 1e9,
    dispose: () => gpu.free(source, to),
  };
});

const arithmetic = (task: string, shape: string, kernel: typeof fmaKernel, perTurn: number, turns: number) =>
  ceiling(task, shape, "GFLOP/s", async (gpu) => {
    const to = gpu.alloc([LANES, 4], "f32", "to", "scratch");
    const run = () =>
      gpu.run((rec) => rec.dispatch(kernel, { to, dims: { count: LANES, turns } }, [LANES / 64, 1, 1]));
    await run();
    return {
      measure: async () => (2 * LANES * turns * perTurn) / (await seconds(gpu, run)) / 1e9,
      dispose: () => gpu.free(to),
    };
  });

export const CEILINGS: BenchTask[] = [
  arithmetic("fused multiply-add in registers", "8 vec4 chains", fmaKernel, 32, 512),
  arithmetic("4×4 block products in registers", "8 vec4 sums", blockKernel, 128, 128),
  load,
  copy,
];
