// weights as f16, two in a u32; unpacking is exact and needs no shader-f16.
@group(0) @binding(1) var<storage, read> weights: array<vec2u>;
fn weight4(at: u32) -> vec4f {
  let w = weights[at];
  return vec4f(unpack2x16float(w.x), unpack2x16float(w.y));
}
// The same buffer read eight values at a time, for kernels that use every byte they load.
@group(0) @binding(1) var<storage, read> weights8: array<vec4u>;
fn weight8(at: u32) -> mat2x4f {
  let w = weights8[at];
  return mat2x4f(
    vec4f(unpack2x16float(w.x), unpack2x16float(w.y)), vec4f(unpack2x16float(w.z), unpack2x16float(w.w)));
}
