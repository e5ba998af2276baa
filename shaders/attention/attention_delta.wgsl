// attention_delta: the number per row and head that the backward pass of softmax subtracts.
//
//   delta[t, h] = Σ_d dO[t, h, d] · O[t, h, d]   ( = Σ_j p_j · dp_j )
//
// bindings  0 dO     read   f32[T, H·P]
//           1 o      read   f32[T, H·P]
//           2 delta  write  f32[T, H]
// writes    overwrite
// dispatch  a thread a (row, head); workgroups fold over x, y
// override  HEAD4: P / 4
// cost      T·H·P multiply-adds
// source    arXiv:2307.08691, algorithm 2, line 4
// oracle    src/gpu/reference/attention.ts
struct Dims { count: u32 }
@group(0) @binding(0) var<storage, read> dO: array<vec4f>;
@group(0) @binding(1) var<storage, read> o: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> delta: array<f32>;

override HEAD4: u32 = 8;

@compute @workgroup_size(64) fn attention_delta(thread: Thread) {
  let index = group_of(thread) * 64u + thread.lane;
  if (index < dims.count) {
    var sum = 0.0;
    for (var c = 0u; c < HEAD4; c++) { sum += dot(dO[index * HEAD4 + c], o[index * HEAD4 + c]); }
    delta[index] = sum;
  }
}
