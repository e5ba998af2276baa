// rms_norm_grad: the gradient of rms_norm with respect to its input, added to the residual stream's gradient.
// dx[t,c] += inv[t] · (weight[c]·dy[t,c] − x[t,c] · inv[t]² · sum_k weight[k]·dy[t,k]·x[t,k] / real)
//
// slot name   access type      unit / range
//   0  dy     read   f32[T, C]
//   1  x      read   f32[T, C] the input of rms_norm; columns real … C are 0
//   2  weight read   f32[C]    columns real … C are 0
//   3  inv    read   f32[T]    as rms_norm wrote it
//   4  dx     write  f32[T, C]
// declared in rms_norm_grad_buffers.wgsl
// writes   accumulate
// dispatch fold(ceil(T / ROWS)): one workgroup for ROWS rows
// override LANES = threads that share a row: each sums every LANES-th vec4, then all add the LANES sums in order;
//          ROWS = rows of a workgroup
// variant  one thread per row, without the barrier: rms_norm_grad_thread.wgsl
// cost     4·T·C
// source   derivative of Zhang and Sennrich 2019, "Root Mean Square Layer Normalization"
// oracle   src/gpu/reference/rmsNormGrad.ts
override LANES: u32 = 32u;
override ROWS: u32 = 1u;

var<workgroup> sums: array<f32, LANES * ROWS>;

@compute @workgroup_size(LANES, ROWS)
fn rms_norm_grad(
  @builtin(workgroup_id) wg: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) id: vec3u,
) {
  let row = (wg.x + wg.y * groups.x) * ROWS + id.y;
  let inside = row < dims.rows;
  let safe = min(row, dims.rows - 1u);
  let scale = inv[safe];
  let start = safe * dims.columns4;
  let mySums = id.y * LANES;
  // x·inv is at most sqrt(real) in size, so multiplying it first keeps large rows from overflowing.
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  var mine = 0.0;
  var c = id.x;
  loop {
    mine += select(0.0, dot(weight[c] * dy[start + c], x[start + c] * scale), c < dims.columns4);
    continuing { c += LANES; break if c >= dims.columns4; }
  }
  sums[mySums + id.x] = mine;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < LANES; i++) { total += sums[mySums + i]; }
  let mean = total / dims.real;
  c = id.x;
  loop {
    if (inside && c < dims.columns4) {
      dx[start + c] += scale * (weight[c] * dy[start + c] - x[start + c] * scale * mean);
    }
    continuing { c += LANES; break if c >= dims.columns4; }
  }
}
