// add: y += x, the residual connection after a matmul. A kernel of its own for the matmul variants that store their
// sums row by row in unrolled code: reading the residual there would nearly double their compile time. matmul_quad
// adds the residual in its own last loop.
//
// slot name    access      type       unit / range
//   0  x       read        f32[T, C]
//   1  y       read_write  f32[T, C]
// writes   accumulate
// dispatch fold(ceil(T·C/4 / WG)): one thread a vec4
// override WG = threads a workgroup
// cost     T·C
// source   ours
// oracle   in src/gpu/kernels/add.gpu.ts
override WG: u32 = 64u;

struct Dims {
  count: u32, // T·C/4
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(WG) fn add(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) { y[at] += x[at]; }
}
