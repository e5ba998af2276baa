// Counter-based random numbers, Philox4x32-10: the same key and counter give the same words, whatever else runs.
// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". Twin: src/gpu/reference/random.ts
const PHILOX_FACTORS = vec2u(0xd2511f53u, 0xcd9e8d57u);
const PHILOX_STEPS = vec2u(0x9e3779b9u, 0xbb67ae85u);

// Upper words of x · PHILOX_FACTORS, from 16-bit halves (WGSL has no wide product).
fn philox_high(x: vec2u) -> vec2u {
  let xl = x & vec2u(0xffffu);
  let xh = x >> vec2u(16u);
  let fl = PHILOX_FACTORS & vec2u(0xffffu);
  let fh = PHILOX_FACTORS >> vec2u(16u);
  let a = xl * fh;
  let b = xh * fl;
  let middle = ((xl * fl) >> vec2u(16u)) + (a & vec2u(0xffffu)) + (b & vec2u(0xffffu));
  return xh * fh + (a >> vec2u(16u)) + (b >> vec2u(16u)) + (middle >> vec2u(16u));
}

// Four random words of a counter.
fn philox(counter: vec4u, key: vec2u) -> vec4u {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let high = philox_high(c.xz);
    let low = c.xz * PHILOX_FACTORS;
    c = vec4u(high.y ^ c.y ^ k.x, low.y, high.x ^ c.w ^ k.y, low.x);
    k += PHILOX_STEPS;
  }
  return c;
}

// Words as numbers in (0, 1): the middle of a cell that is 2⁻²³ wide near 1 and down to 2⁻³² near 0. Exact in f32.
fn unit4(words: vec4u) -> vec4f {
  let shift = vec4u(9u) - min(countLeadingZeros(words), vec4u(9u));
  let scale = bitcast<vec4f>((vec4u(95u) + shift) << vec4u(23u)); // 2^(shift − 32)
  return (vec4f(words >> shift) + 0.5) * scale;
}

// Gumbel noise −ln E with E = −ln(1 − w). Only a small E can win, so small w takes the series, which keeps its digits.
fn gumbel4(words: vec4u) -> vec4f {
  let w = unit4(words);
  let tail = 0.2 + w * (1.0 / 6.0 + w * (1.0 / 7.0 + w * 0.125));
  let series = w * (1.0 + w * (0.5 + w * (1.0 / 3.0 + w * (0.25 + w * tail))));
  return -log(select(-log(1.0 - w), series, w < vec4f(0.125)));
}
