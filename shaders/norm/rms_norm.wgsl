// rms_norm: brings each row to root mean square 1, then scales every column by its weight.
// inv[t] = 1 / sqrt(sum_c x[t,c]² / real + eps);  y[t,c] = x[t,c] · inv[t] · weight[c]
//
// slot name   access type      unit / range
//   0  x      read   f32[T, C] columns real … C are 0
//   1  weight read   f32[C]    columns real … C are 0
//   2  y      write  f32[T, C]
//   3  inv    write  f32[T]    kept for the gradient
// writes   overwrite
// dispatch fold(ceil(T / ROWS)): one workgroup for ROWS rows
// override LANES = threads that share a row: each sums every LANES-th STEP of vec4s, then all add the LANES sums in order;
//          ROWS = rows of a workgroup
// unrolled STEP = vec4s a trip, 4 where C/4 is a multiple of LANES · 4 and else 1; ONE = 1 where LANES is 1, else MANY = 1: with a
//          barrier in it a kernel is slow on a software adapter (src/gpu/unroll.ts)
// cost     2·T·C
// source   Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
// oracle   src/gpu/reference/rmsNorm.ts
override LANES: u32 = 32u;
override ROWS: u32 = 1u;
override STEP: u32 = 1u;

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
@group(1) @binding(0) var<uniform> dims: Dims;

var<workgroup> sums: array<f32, LANES * ROWS>; // × MANY

@compute @workgroup_size(LANES, ROWS)
fn rms_norm(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) id: vec3u,
) {
  let row = (wg.x + wg.y * groups.x) * ROWS + id.y;
  let inside = row < dims.rows;
  let start = min(row, dims.rows - 1u) * dims.columns4;
  let mySums = id.y * LANES; // × MANY
  // Loops end at the bottom: a software adapter runs the body of any other loop once more than it needs.
  var mine = 0.0;
  var c = id.x * STEP;
  loop {
    { let v = x[start + c + #u]; mine += select(0.0, dot(v, v), c < dims.columns4); } // × STEP
    continuing { c += LANES * STEP; break if c >= dims.columns4; }
  }
  let total = mine; // × ONE
  sums[mySums + id.x] = mine; // × MANY
  workgroupBarrier(); // × MANY
  var total = 0.0; // × MANY
  for (var i = 0u; i < LANES; i++) { total += sums[mySums + i]; } // × MANY
  let scale = 1.0 / sqrt(total / dims.real + dims.eps);
  c = id.x * STEP;
  loop {
    if (inside && c < dims.columns4) {
      y[start + c + #u] = x[start + c + #u] * scale * weight[c + #u]; // × STEP
    }
    continuing { c += LANES * STEP; break if c >= dims.columns4; }
  }
  if (inside && id.x == 0u) { inv[row] = scale; }
}
