// The uniforms of every variant of the input gradient; widths count vec4s.
struct Dims {
  rows: u32,          // T
  n4: u32,            // reduction length: output columns of the forward matmul
  k4: u32,            // columns of dx
  weightRow: u32,     // first row of `weights` that is used
  yStride4: u32,
  yColumn4: u32,
  sr: u32,            // S·R, 0 = no adapter (a plain count, a multiple of 4)
  accumulate: u32,
  lanesX: u32,        // register: lanes of a workgroup along the columns
}

@group(0) @binding(0) var<storage, read> dy: array<vec4f>;
@group(0) @binding(2) var<storage, read> dxa: array<vec4f>;
@group(0) @binding(3) var<storage, read> loraA: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dx: array<vec4f>;

// Rows 4·o4 … 4·o4 + 3 of W at columns 4·c: matrix * (four values of dy) adds four columns of dx.
fn weight_block(o4: u32, c: u32) -> mat4x4f {
  let at = (dims.weightRow + 4u * o4) * dims.k4 + c;
  return mat4x4f(weight4(at), weight4(at + dims.k4), weight4(at + 2u * dims.k4), weight4(at + 3u * dims.k4));
}

// The same of the joined lora_A: its rows 4·r … 4·r + 3.
fn lora_block(r: u32, c: u32) -> mat4x4f {
  let at = 4u * r * dims.k4 + c;
  return mat4x4f(loraA[at], loraA[at + dims.k4], loraA[at + 2u * dims.k4], loraA[at + 3u * dims.k4]);
}

// Adds what was there where asked to and stores; rows and columns past the end are dropped.
fn finish(row: u32, c: u32, sum: vec4f) {
  if (row >= dims.rows || c >= dims.k4) { return; }
  let at = row * dims.k4 + c;
  if (dims.accumulate == 1u) { dx[at] = sum + dx[at]; } else { dx[at] = sum; }
}
