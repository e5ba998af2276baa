// gated_mul_grad: the gradient of gated_mul with respect to gate and up.
// dGate = d · u · s · (1 + g · x'(g) · (1 − s));  dUp = d · g · s  with d = dAct[t,i], g = gateUp[t,i], u = gateUp[t,I+i],
// s = sigmoid(x(g)), x the gate's function's argument
//
// slot name    access type       unit / range
//   0  dAct    read   f32[T, I]
//   1  gateUp  read   f32[T, 2I] gate columns first, then up
//   2  dGateUp write  f32[T, 2I] same order
// writes   overwrite
// dispatch fold(ceil(T·I/4 / WG)): one thread a vec4 of dAct
// override WG = threads a workgroup
// fragment silu | gelu_tanh: argument, argument_rise
// cost     12·T·I with silu, 18·T·I with gelu_tanh
// source   derivative of Shazeer 2020, "GLU Variants Improve Transformer"
// oracle   src/gpu/reference/gatedMul.ts
override WG: u32 = 64u;

struct Dims {
  count: u32,  // T·I/4
  inner4: u32, // I/4
}
@group(0) @binding(0) var<storage, read> dAct: array<vec4f>;
@group(0) @binding(1) var<storage, read> gateUp: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dGateUp: array<vec4f>;

@compute @workgroup_size(WG) fn gated_mul_grad(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    let gateAt = at + (at / dims.inner4) * dims.inner4;
    let upAt = gateAt + dims.inner4;
    let d = dAct[at];
    let gate = gateUp[gateAt];
    let x = argument(gate);
    // exp of a non-positive number only; both s and 1 − s come from it without cancellation.
    let small = exp(-abs(x));
    let whole = 1.0 + small;
    let positive = x >= vec4f(0.0);
    let s = select(small, vec4f(1.0), positive) / whole;
    let rest = select(vec4f(1.0), small, positive) / whole;
    dGateUp[gateAt] = d * gateUp[upAt] * s * (1.0 + argument_rise(gate) * rest);
    dGateUp[upAt] = d * gate * s;
  }
}
