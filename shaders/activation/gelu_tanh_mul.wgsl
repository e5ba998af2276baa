// gelu_tanh_mul: the gated activation of Gemma 3, GELU in its tanh form.
// act[t,i] = gelu(g) · u  with g = gateUp[t, i], u = gateUp[t, I + i],
// gelu(g) = g/2 · (1 + tanh(√(2/π) · (g + 0.044715·g³)))
//
// slot name   access type       unit / range
//   0  gateUp read   f32[T, 2I] gate columns first, then up
//   1  act    write  f32[T, I]
// writes   overwrite
// dispatch fold(ceil(T·I/4 / WG)): one thread a vec4 of act
// override WG = threads a workgroup
// cost     12·T·I
// source   Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"; Shazeer 2020, "GLU Variants Improve Transformer"
// oracle   src/gpu/reference/geluTanhMul.ts
override WG: u32 = 64u;

struct Dims {
  count: u32,  // T·I/4
  inner4: u32, // I/4
}
@group(0) @binding(0) var<storage, read> gateUp: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> act: array<vec4f>;
@group(1) @binding(0) var<uniform> dims: Dims;

// 2 · √(2/π): (1 + tanh(z)) / 2 is sigmoid(2z), which needs no tanh and loses no digits where it is small.
const TWICE_ROOT = 1.5957691216057308;
const CUBIC = 0.044715;
// Past this the sigmoid is 0 or 1 in f32, and a cube of more could overflow.
const SATURATED = vec4f(20.0);

@compute @workgroup_size(WG)
fn gelu_tanh_mul(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = (wg.x + wg.y * groups.x) * WG + lane;
  if (at < dims.count) {
    // act rows are I long and gateUp rows 2I: row t lies t·I further on there.
    let source = at + (at / dims.inner4) * dims.inner4;
    let gate = gateUp[source];
    let up = gateUp[source + dims.inner4];
    let g = clamp(gate, -SATURATED, SATURATED);
    let x = TWICE_ROOT * g * (1.0 + CUBIC * g * g);
    // exp of a non-positive number only: it can vanish but never overflow.
    let small = exp(-abs(x));
    let sigmoid = select(small, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + small);
    act[at] = gate * sigmoid * up;
  }
}
