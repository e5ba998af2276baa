// head_finish: turns the moments of a row into its log-probability, entropy and likeliest token.
// lse = peak + ln mass;  logprob = target's logit − lse;  H = ln mass − tilt / mass
//
// slot name   access type       unit / range
//   0  state  read   u32[M, 8]  as logit_moments leaves it after the last tile
//   1  stats  write  u32[M, 4]  f32 bits of logprob (nats), entropy (nats, ≥ 0), lse; greedy token
// writes   overwrite
// dispatch fold(ceil(M / WG)): one thread a row
// override WG = threads a workgroup
// cost     8·M
// source   entropy of a softmax from its first moment; derivation in the formula above
// oracle   src/gpu/reference/headFinish.ts
override WG: u32 = 32u;

struct Dims {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> state: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> stats: array<vec4u>;

@compute @workgroup_size(WG) fn head_finish(thread: Thread) {
  let row = group_of(thread) * WG + thread.lane;
  if (row < dims.rows) {
    let moments = bitcast<vec4f>(state[2u * row]);
    let logMass = log(moments.y);
    // The peak is taken off the target first: both are large and close, ln mass is small.
    let logprob = (moments.w - moments.x) - logMass;
    let entropy = logMass - moments.z / moments.y;
    // Rounding may leave −1e-7 on a certain row. A comparison, not max: a NaN has to stay one.
    let known = select(entropy, 0.0, entropy < 0.0);
    stats[row] = vec4u(bitcast<vec3u>(vec3f(logprob, known, moments.x + logMass)), state[2u * row + 1u].y);
  }
}
