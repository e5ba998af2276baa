// policy_gradient: the loss term of each row, and its derivatives with respect to log-probability and entropy.
// term = nllWeight·(−logp) + pgWeight·(−min(r·A, clip(r)·A) + beta·kl) − entropyWeight·H
// r = exp(logp − old), clip to [1 − epsilonLow, 1 + epsilonHigh];  kl = exp(d) − d − 1 with d = ref − logp [· r]
//
// slot name  access type       unit / range
//   0  stats read   f32[M, 4]  logprob, entropy (nats), 2 unused here
//   1  rows  read   f32[M, 6]  nllWeight, pgWeight, advantage A, oldLogprob, refLogprob (nats), entropyWeight
//   2  grads write  f32[M, 2]  d term / d logprob, d term / d entropy
//   3  terms write  f32[M]
// writes   overwrite; a row with pgWeight 0 reads none of its other policy columns
// dispatch fold(ceil(M / WG)): one thread a row
// override WG = threads a workgroup
// cost     40·M
// source   Schulman et al. 2017 (clipped ratio), Schulman 2020 (k3), Shao et al. 2024 (GRPO)
// oracle   src/gpu/reference/policyGradient.ts
override WG: u32 = 32u;

struct Dims {
  rows: u32,
  epsilonLow: f32,
  epsilonHigh: f32,
  beta: f32,
  klTimesRatio: u32,
  hasOld: u32, // 0: old is the current log-probability, so r = 1, but its slope stays
  hasRef: u32, // 0: no kl
}
@group(0) @binding(0) var<storage, read> stats: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> grads: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> terms: array<f32>;

// exp(d) − d − 1: near 0 the difference would cancel, so there it is its series.
fn k3(d: f32) -> f32 {
  let series = 0.5 * d * d * (1.0 + d / 3.0 * (1.0 + d / 4.0 * (1.0 + d / 5.0 * (1.0 + d / 6.0 * (1.0 + d / 7.0)))));
  return select(exp(d) - d - 1.0, series, abs(d) < 0.25);
}

@compute @workgroup_size(WG) fn policy_gradient(thread: Thread) {
  let row = group_of(thread) * WG + thread.lane;
  if (row < dims.rows) {
    let logp = stats[row].x;
    let entropy = stats[row].y;
    let weights = rows[3u * row];
    var term = -weights.x * logp;
    var slope = vec2f(-weights.x, 0.0);
    if (weights.y != 0.0) {
      let advantage = rows[3u * row + 1u].x;
      var ratio = 1.0;
      if (dims.hasOld == 1u) {
        ratio = exp(logp - rows[3u * row + 1u].y);
      }
      let clipped = clamp(ratio, 1.0 - dims.epsilonLow, 1.0 + dims.epsilonHigh);
      let free = ratio * advantage;
      let held = clipped * advantage;
      var inner = -min(free, held);
      // Inside the interval both arms are the ratio; outside only the free arm moves, and only where it is lower.
      var innerSlope = select(0.0, -free, ratio == clipped || free < held);
      if (dims.hasRef == 1u) {
        let d = rows[3u * row + 2u].x - logp;
        let kl = k3(d);
        // d kl / d logp = 1 − exp(d) = −(kl + d), which does not cancel near 0.
        let times = dims.klTimesRatio == 1u;
        inner += dims.beta * select(kl, kl * ratio, times);
        innerSlope += dims.beta * select(-(kl + d), -d * ratio, times);
      }
      let entropyWeight = rows[3u * row + 2u].y;
      term += weights.y * inner - entropyWeight * entropy;
      slope += vec2f(weights.y * innerSlope, -entropyWeight);
    }
    grads[row] = slope;
    terms[row] = term;
  }
}
