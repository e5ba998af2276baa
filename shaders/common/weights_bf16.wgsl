// weights as bf16, two in a u32 (low half first): a bf16 is the upper half of an f32, so decoding is exact.
@group(0) @binding(1) var<storage, read> weights: array<vec2u>;
fn weight4(at: u32) -> vec4f {
  let w = weights[at];
  return bitcast<vec4f>(vec4u(w.x << 16u, w.x & 0xffff0000u, w.y << 16u, w.y & 0xffff0000u));
}
// The same buffer read eight values at a time, for kernels that use every byte they load.
@group(0) @binding(1) var<storage, read> weights8: array<vec4u>;
fn weight8(at: u32) -> mat2x4f {
  let w = weights8[at];
  let low = bitcast<vec4f>(w << vec4u(16u));
  let high = bitcast<vec4f>(w & vec4u(0xffff0000u));
  return mat2x4f(vec4f(low.x, high.x, low.y, high.y), vec4f(low.z, high.z, low.w, high.w));
}
