// weights as f32: four consecutive values of a row-major matrix whose rows are a multiple of 4 long.
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
fn weight4(at: u32) -> vec4f { return weights[at]; }
