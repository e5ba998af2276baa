// silu: the gate's function of SwiGLU, g · sigmoid(g), for gated_mul.wgsl and gated_mul_grad.wgsl.
// source   Shazeer 2020, "GLU Variants Improve Transformer"

// x(g) of sigmoid(x).
fn argument(gate: vec4f) -> vec4f { return gate; }

// g · x'(g)
fn argument_rise(gate: vec4f) -> vec4f { return gate; }
