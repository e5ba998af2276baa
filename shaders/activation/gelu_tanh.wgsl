// gelu_tanh: the gate's function of Gemma 3, GELU in its tanh form, for gated_mul.wgsl and gated_mul_grad.wgsl.
// gelu(g) = g/2 · (1 + tanh(√(2/π) · (g + 0.044715·g³))) = g · sigmoid(x),  x = 2 · √(2/π) · (g + 0.044715·g³)
// source   Hendrycks & Gimpel 2016, "Gaussian Error Linear Units"

// 2 · √(2/π): (1 + tanh(z)) / 2 is sigmoid(2z), which needs no tanh and loses no digits where it is small.
const TWICE_ROOT = 1.5957691216057308;
const CUBIC = 0.044715;
// Past this the sigmoid is 0 or 1 in f32 and its slope 0, and a cube of more could overflow.
const SATURATED = vec4f(20.0);

// x(g) of sigmoid(x).
fn argument(gate: vec4f) -> vec4f {
  let g = clamp(gate, -SATURATED, SATURATED);
  return TWICE_ROOT * g * (1.0 + CUBIC * g * g);
}

// g · x'(g)
fn argument_rise(gate: vec4f) -> vec4f {
  let g = clamp(gate, -SATURATED, SATURATED);
  return TWICE_ROOT * g * (1.0 + 3.0 * CUBIC * g * g);
}
