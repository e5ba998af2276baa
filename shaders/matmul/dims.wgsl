// The uniforms of every variant of the forward matmul; widths count vec4s.
struct Dims {
  rows: u32,          // T
  k4: u32,            // reduction length
  n4: u32,            // output columns
  weightRow: u32,     // first row of `weights` that is used
  yStride4: u32,
  yColumn4: u32,
  rank4: u32,         // R, 0 = no adapter
  xaStride4: u32,     // S·R
  segment1: u32,      // output column (vec4) where the second joined adapter begins
  segment2: u32,      // … and the third
  hasBias: u32,
  scale: f32,         // alpha / r
  lanesX: u32,        // register: lanes of a workgroup along the columns
  residualRows: u32,  // quad: rows a lane adds a residual to, all of its own or 0
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> xa: array<vec4f>;
@group(0) @binding(3) var<storage, read> loraB: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>;

// Four rows of W from output column 4·c, at reduction position k4 = k: as columns of a matrix, so that
// (four values of x) * matrix adds four outputs at once.
fn weight_block(c: u32, k: u32) -> mat4x4f {
  let at = (dims.weightRow + 4u * c) * dims.k4 + k;
  return mat4x4f(weight4(at), weight4(at + dims.k4), weight4(at + 2u * dims.k4), weight4(at + 3u * dims.k4));
}

fn lora_block(c: u32, r: u32) -> mat4x4f {
  let at = 4u * c * dims.rank4 + r;
  return mat4x4f(loraB[at], loraB[at + dims.rank4], loraB[at + 2u * dims.rank4], loraB[at + 3u * dims.rank4]);
}

// Which of the joined adapters an output column belongs to.
fn slot_of(c: u32) -> u32 { return select(0u, 1u, c >= dims.segment1) + select(0u, 1u, c >= dims.segment2); }

// What a sum begins with.
fn bias_of(c: u32) -> vec4f {
  var value = vec4f();
  if (dims.hasBias == 1u) { value = bias[c]; }
  return value;
}

// Stores a finished sum; rows and columns past the end are dropped.
fn finish(row: u32, c: u32, sum: vec4f) {
  if (row < dims.rows && c < dims.n4) { y[row * dims.yStride4 + dims.yColumn4 + c] = sum; }
}
