// smoke_copy: to[i] = source[i] for i < count; what lies behind stays as it is.
//
// slot name   access type   unit / range
//   0  source read   f32[N]
//   1  to     write  f32[N]
// writes   overwrite
// dispatch ceil(count / 64)
// cost     1·count
// source   ours: the smallest kernel there is, to see whether a device works at all
// oracle   the input itself
struct Dims { count: u32 }
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> to: array<f32>;
@compute @workgroup_size(64)
fn smoke_copy(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < dims.count) { to[id.x] = source[id.x]; }
}
