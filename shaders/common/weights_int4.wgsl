// weights as int4 in groups of 32 along the row: f32 scale, f32 offset, then 4 words of eight nibbles, low first.
@group(0) @binding(1) var<storage, read> weights: array<u32>;
fn weight4(at: u32) -> vec4f {
  let group = (at / 8u) * 6u;
  let scale = bitcast<f32>(weights[group]);
  let offset = bitcast<f32>(weights[group + 1u]);
  let word = weights[group + 2u + (at % 8u) / 2u] >> (16u * (at % 2u));
  return scale * vec4f(vec4u(word, word >> 4u, word >> 8u, word >> 12u) & vec4u(15u)) + vec4f(offset);
}
// Eight values at once, for kernels that use every byte they load.
fn weight8(at: u32) -> mat2x4f {
  let group = (at / 4u) * 6u;
  let scale = bitcast<f32>(weights[group]);
  let offset = vec4f(bitcast<f32>(weights[group + 1u]));
  let low = vec4u(weights[group + 2u + at % 4u]) >> vec4u(0u, 4u, 8u, 12u);
  return mat2x4f(
    scale * vec4f(low & vec4u(15u)) + offset, scale * vec4f((low >> vec4u(16u)) & vec4u(15u)) + offset);
}
