// fma_ceiling: as many multiply-adds as the adapter can do in registers, to measure its ceiling
//
//   eight chains of x ← x·½ + k that do not wait for each other; k = (i mod 2) + 0.001, chain c starts at k·(1 − c/10);
//   every value stays between 0 and 2.1, so no step can be left out and none can overflow
//
// group 0   0 sums    read_write  f32[N, 4]   the sum of the eight chains, the same in all four columns
// group 1   0 dims    uniform     Dims
// writes    overwrite
// dispatch  (⌈N / 64⌉, 1, 1): one invocation a row
// cost      32 · iterations multiply-adds a row
// source    ours
// oracle    src/gpu/reference/fmaCeiling.ts
struct Dims { rows: u32, iterations: u32 }

@group(0) @binding(0) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(64)
fn fma_ceiling(@builtin(global_invocation_id) id: vec3u) {
  let half = vec4f(0.5);
  let k = vec4f(f32(id.x & 1u) + 1e-3);
  var a = k;
  var b = k * 0.9;
  var c = k * 0.8;
  var d = k * 0.7;
  var e = k * 0.6;
  var f = k * 0.5;
  var g = k * 0.4;
  var h = k * 0.3;
  for (var i = 0u; i < dims.iterations; i++) {
    a = fma(a, half, k);
    b = fma(b, half, k);
    c = fma(c, half, k);
    d = fma(d, half, k);
    e = fma(e, half, k);
    f = fma(f, half, k);
    g = fma(g, half, k);
    h = fma(h, half, k);
  }
  if (id.x < dims.rows) { sums[id.x] = a + b + c + d + e + f + g + h; }
}
