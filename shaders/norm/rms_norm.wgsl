// rms_norm: brings each row to root mean square 1, then scales every column by its weight.
// inv[t] = 1 / sqrt(sum_c x[t,c]² / real + eps);  y[t,c] = x[t,c] · inv[t] · weight[c]
//
// slot name   access type      unit / range
//   0  x      read   f32[T, C] columns real … C are 0
//   1  weight read   f32[C]    columns real … C are 0
//   2  y      write  f32[T, C]
//   3  inv    write  f32[T]    kept for the gradient
// declared in rms_norm_buffers.wgsl
// writes   overwrite
// dispatch fold(ceil(T / ROWS)): one workgroup for ROWS rows
// override LANES = threads that share a row: each sums every LANES-th vec4, then all add the LANES sums in order;
//          ROWS = rows of a workgroup
// variant  one thread per row, without the barrier: rms_norm_thread.wgsl
// cost     2·T·C
// source   Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
// oracle   src/gpu/reference/rmsNorm.ts
override LANES: u32 = 32u;
override ROWS: u32 = 1u;

var<workgroup> sums: array<f32, LANES * ROWS>;

@compute @workgroup_size(LANES, ROWS)
fn rms_norm(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) id: vec3u,
) {
  let row = (wg.x + wg.y * groups.x) * ROWS + id.y;
  let inside = row < dims.rows;
  let start = min(row, dims.rows - 1u) * dims.columns4;
  let mySums = id.y * LANES;
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var mine = 0.0;
  var c = id.x;
  loop {
    { let v = x[start + c]; mine += select(0.0, dot(v, v), c < dims.columns4); }
    continuing { c += LANES; break if c >= dims.columns4; }
  }
  sums[mySums + id.x] = mine;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < LANES; i++) { total += sums[mySums + i]; }
  let scale = 1.0 / sqrt(total / dims.real + dims.eps);
  c = id.x;
  loop {
    if (inside && c < dims.columns4) {
      y[start + c] = x[start + c] * scale * weight[c];
    }
    continuing { c += LANES; break if c >= dims.columns4; }
  }
  if (inside && id.x == 0u) { inv[row] = scale; }
}
