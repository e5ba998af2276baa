// bench_fma: eight independent chains of multiply-adds, to measure arithmetic speed; every value stays between 0
// and 2.
struct Dims { count: u32, iterations: u32 }
@group(0) @binding(0) var<storage, read_write> to: array<vec4f>;
@compute @workgroup_size(64)
fn bench_fma(@builtin(global_invocation_id) id: vec3u) {
  let m = vec4f(0.5);
  let k = vec4f(f32(id.x & 1u) + 1e-3);
  var a = k; var b = k * 0.9; var c = k * 0.8; var d = k * 0.7;
  var e = k * 0.6; var f = k * 0.5; var g = k * 0.4; var h = k * 0.3;
  for (var t = 0u; t < dims.iterations; t++) {
    a = fma(a, m, k); b = fma(b, m, k); c = fma(c, m, k); d = fma(d, m, k);
    e = fma(e, m, k); f = fma(f, m, k); g = fma(g, m, k); h = fma(h, m, k);
  }
  if (id.x < dims.count) { to[id.x] = a + b + c + d + e + f + g + h; }
}
