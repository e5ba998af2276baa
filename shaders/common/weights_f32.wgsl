// weights as f32: four consecutive values of a row-major matrix whose rows are a multiple of 4 long.
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
fn weight4(at: u32) -> vec4f { return weights[at]; }
// The same buffer read eight values at a time, for kernels that use every byte they load.
@group(0) @binding(1) var<storage, read> weights8: array<mat2x4f>;
fn weight8(at: u32) -> mat2x4f { return weights8[at]; }
