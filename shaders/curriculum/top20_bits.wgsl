// top20_bits: entropy of the 20 likeliest tokens alone, as EDCO's released selector measures it.
// bits = −Σ p·log2(p + 1e-12)  with p = softmax of the kept logits
//
// slot name  access type       unit / range
//   0  state read   f32[M, 20] descending, as top20 leaves it; −1e30 = none
//   1  bits  write  f32[M]     bits, 0 … log2 20
// writes   overwrite
// dispatch fold(ceil(M / WG)): one thread a row
// override WG = threads a workgroup
// cost     160·M
// source   EDCO, released code: data_selection_by_entropy.py (formula only)
// oracle   src/gpu/reference/top20Bits.ts
override WG: u32 = 32u;
const KEPT = 20u;

struct Dims {
  rows: u32,
}
@group(0) @binding(0) var<storage, read> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> bits: array<f32>;

@compute @workgroup_size(WG) fn top20_bits(thread: Thread) {
  let row = group_of(thread) * WG + thread.lane;
  if (row < dims.rows) {
    let base = row * KEPT;
    let peak = state[base];
    var mass = 0.0;
    for (var i = 0u; i < KEPT; i++) {
      mass += exp(state[base + i] - peak);
    }
    var sum = 0.0;
    for (var i = 0u; i < KEPT; i++) {
      let p = exp(state[base + i] - peak) / mass;
      sum -= p * log2(p + 1e-12);
    }
    bits[row] = sum;
  }
}
