// The smallest kernel there is: does this device run a dispatch with a uniform, and leave the tail alone?
import { defineKernel, fold } from "./kernel";
import { expectEqual, gpuTest, seeded } from "./testing/suite";

const source = `
struct Dims { count: u32 }
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> target_: array<f32>;
@group(1) @binding(0) var<uniform> dims: Dims;
@compute @workgroup_size(64)
fn smoke_copy(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < dims.count) { target_[id.x] = source[id.x]; }
}`;

const kernel = defineKernel({
  entry: "smoke_copy",
  source,
  bindings: [
    ["source", "read"],
    ["target", "write"],
  ],
  dims: [["count", "u32"]],
});

gpuTest.each([
  { why: "one value", count: 1, length: 1 },
  { why: "a ragged tail stays untouched", count: 1021, length: 1030 },
])("smoke copy: $why", async ({ gpu, input, output, count, length }) => {
  const values = seeded(3, length);
  const source = input(values, [length]);
  const target = output([length]);
  await gpu.run((rec) =>
    rec.dispatch(kernel, { source, target, dims: { count } }, fold(Math.ceil(count / 64))),
  );
  const want = values.map((v, i) => (i < count ? v : NaN));
  expectEqual(await gpu.readF32(target), want);
});
