// qkv_rope_buffers: what qkv_rope and its gradient read, in both forms (qkv_rope.wgsl says what each holds).
struct Dims {
  rows: u32,
  heads: u32,
  kvHeads: u32,
  headDim: u32,
  qkNorm: u32,
  eps: f32,
  parts: u32, // threads that share a row where heads are written out
}
@group(0) @binding(0) var<storage, read> qkv: array<vec4f>;
@group(0) @binding(1) var<storage, read> rows: array<Row>;
@group(0) @binding(2) var<storage, read> qNorm: array<vec4f>;
@group(0) @binding(3) var<storage, read> kNorm: array<vec4f>;
@group(0) @binding(4) var<storage, read> table: array<vec4f>;
