// gated_mul: the gated activation of the feed-forward block: of SwiGLU with silu, of Gemma 3 with gelu_tanh.
// act[t,i] = g · sigmoid(x(g)) · u  with g = gateUp[t, i], u = gateUp[t, I + i], x the gate's function's argument
//
// slot name   access type       unit / range
//   0  gateUp read   f32[T, 2I] gate columns first, then up
//   1  act    write  f32[T, I]
// writes   overwrite
// dispatch fold(ceil(T·I/4 / WG)): one thread a vec4 of act
// override WG = threads a workgroup
// fragment silu | gelu_tanh: argument
// cost     8·T·I with silu, 12·T·I with gelu_tanh
// source   Shazeer 2020, "GLU Variants Improve Transformer"
// oracle   src/gpu/reference/gatedMul.ts
override WG: u32 = 64u;

struct Dims {
  count: u32,  // T·I/4
  inner4: u32, // I/4
}
@group(0) @binding(0) var<storage, read> gateUp: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> act: array<vec4f>;

@compute @workgroup_size(WG) fn gated_mul(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    // act rows are I long and gateUp rows 2I: row t lies t·I further on there.
    let source = at + (at / dims.inner4) * dims.inner4;
    let gate = gateUp[source];
    let up = gateUp[source + dims.inner4];
    let x = argument(gate);
    // exp of a non-positive number only: it can vanish but never overflow.
    let small = exp(-abs(x));
    let sigmoid = select(small, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + small);
    act[at] = gate * sigmoid * up;
  }
}
