// rms_norm_buffers: what both forms read and write (rms_norm.wgsl says what each holds).
struct Dims {
  rows: u32,     // T
  columns4: u32, // C/4
  real: f32,     // columns that count in the mean
  eps: f32,
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> weight: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> inv: array<f32>;
