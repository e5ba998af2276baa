// bench_block: products of one 4 × 4 block with a vector of four, eight sums: the inner operation of the matmul
// kernels.
struct Dims { count: u32, iterations: u32 }
@group(0) @binding(0) var<storage, read_write> to: array<vec4f>;
@compute @workgroup_size(64)
fn bench_block(@builtin(global_invocation_id) id: vec3u) {
  let k = f32(id.x & 1u) * 1e-3 + 1e-3;
  var p = mat4x4f(vec4f(k), vec4f(k * 2.0), vec4f(k * 3.0), vec4f(k * 4.0));
  var a = vec4f(k); var b = a * 0.9; var c = a * 0.8; var d = a * 0.7;
  var e = a * 0.6; var f = a * 0.5; var g = a * 0.4; var h = a * 0.3;
  for (var t = 0u; t < dims.iterations; t++) {
    a += a * p; b += b * p; c += c * p; d += d * p; e += e * p; f += f * p; g += g * p; h += h * p;
  }
  if (id.x < dims.count) { to[id.x] = a + b + c + d + e + f + g + h; }
}
