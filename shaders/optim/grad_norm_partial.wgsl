// grad_norm_partial: the norm of every G-th vec4 of the gradient, as bits.
// partials[g] = sqrt(sum of grad² over vec4s g, g + G, g + 2G, …), +infinity if any is not finite
//
// slot name     access type   unit / range
//   0  grad     read   f32[P] P a multiple of 4; read as bits
//   1  partials write  f32[G] norms, written as bits
// writes   overwrite
// dispatch fold(ceil(G / WG)): one thread a partial norm, no barriers
// override WG = threads a workgroup
// cost     2·P
// source   the scaled sum of squares of LAPACK's nrm2, with powers of two as scales
// oracle   src/gpu/reference/gradNorm.ts
// joined after shaders/common/finite_norm.wgsl
override WG: u32 = 64u;

struct Dims {
  count4: u32, // P/4
  count: u32,  // G
}
@group(0) @binding(0) var<storage, read> grad: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> partials: array<u32>;

@compute @workgroup_size(WG) fn grad_norm_partial(thread: Thread) {
  let at = group_of(thread) * WG + thread.lane;
  if (at < dims.count) {
    var exponent = 0u;
    for (var i = at; i < dims.count4; i += dims.count) { exponent = max(exponent, top_exponent(grad[i])); }
    let down = down_scale(exponent);
    var squares = 0.0;
    for (var i = at; i < dims.count4; i += dims.count) {
      let v = bitcast<vec4f>(grad[i]) * down;
      squares += dot(v, v);
    }
    partials[at] = finite_norm(exponent, squares);
  }
}
