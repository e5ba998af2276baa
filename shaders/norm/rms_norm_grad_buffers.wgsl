// rms_norm_grad_buffers: what both forms read and write (rms_norm_grad.wgsl says what each holds).
struct Dims {
  rows: u32,     // T
  columns4: u32, // C/4
  real: f32,     // columns that count in the mean
}
@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> inv: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;
