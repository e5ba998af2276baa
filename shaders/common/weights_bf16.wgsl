// weights as bf16, two in a u32 (low half first): a bf16 is the upper half of an f32, so decoding is exact.
@group(0) @binding(1) var<storage, read> weights: array<vec2u>;
fn weight4(at: u32) -> vec4f {
  let w = weights[at];
  return bitcast<vec4f>(vec4u(w.x << 16u, w.x & 0xffff0000u, w.y << 16u, w.y & 0xffff0000u));
}
