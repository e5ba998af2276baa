// weights as int8 in groups of 32 along the row: one f32 scale word, then 8 words of four signed bytes.
@group(0) @binding(1) var<storage, read> weights: array<u32>;
fn weight4(at: u32) -> vec4f {
  let group = (at / 8u) * 9u;
  let scale = bitcast<f32>(weights[group]);
  return scale * vec4f(unpack4xI8(weights[group + 1u + at % 8u]));
}
// Eight values at once, for kernels that use every byte they load.
fn weight8(at: u32) -> mat2x4f {
  let group = (at / 4u) * 9u;
  let scale = bitcast<f32>(weights[group]);
  let word = group + 1u + 2u * (at % 4u);
  return mat2x4f(scale * vec4f(unpack4xI8(weights[word])), scale * vec4f(unpack4xI8(weights[word + 1u])));
}
