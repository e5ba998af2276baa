// matmul_register — y = x Wᵀ (+ LoRA) (+ bias), a register tile a lane, nothing shared.
//
//   y[t, o] = bias[o] + Σ_k x[t, k] W[o, k] + scale · Σ_r xa[t, r] B[o, r]
//
// group 0   0 x         read        f32[T, K]    activations
//           1 weights   read        [N, K]       frozen, stored type (shaders/common/weights_*.wgsl)
//           2 xa        read        f32[T, S·R]  x Aᵀ for S joined adapters, or a dummy
//           3 loraB     read        f32[N, R]    or a dummy
//           4 bias      read        f32[N]       or a dummy
//           5 y         read_write  f32[T, Y]    columns [yColumn, yColumn + N) are written
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite
// dispatch  (⌈N / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns, WX · WY = LANES lanes a workgroup
// unrolled  ROWS: 8; LORA: 1 unless an adapter never joins; ONE, SPLIT: ROWS where a lane's columns have one or two adapters
// override  LANES: 8 where rows or columns are few, since lanes that return early cost as much as others in software; else 32
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; the plain path every device has
// oracle    src/gpu/reference/matmul.ts

override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn matmul_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  // WX is a number in dims and not an override: one pipeline serves every width.
  let row = (wg.y * (LANES / dims.lanesX) + lane.x / dims.lanesX) * 8u;
  let column = (wg.x * dims.lanesX + lane.x % dims.lanesX) * 2u;
  if (row >= dims.rows || column >= dims.n4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  let r# = min(row + #u, last); // × ROWS
  let b0 = bias_of(n0);
  let b1 = bias_of(n1);
  var c# = b0; // × ROWS
  var d# = b1; // × ROWS
  for (var k = 0u; k < dims.k4; k++) {
    let p = weight_block(n0, k);
    let q = weight_block(n1, k);
    { let s = x[r# * dims.k4 + k]; c# += s * p; d# += s * q; } // × ROWS
  }
  // The adapter's half is a few more steps of the same sum; where the lane's two columns have different ones, from two places.
  let slot0 = slot_of(n0) * dims.rank4; // × LORA
  let slot1 = slot_of(n1) * dims.rank4; // × LORA
  for (var r = 0u; r < dims.rank4; r++) { // × LORA
    let p = lora_block(n0, r); // × LORA
    let q = lora_block(n1, r); // × LORA
    { let s = dims.scale * xa[r# * dims.xaStride4 + slot0 + r]; c# += s * p; d# += s * q; } // × ONE
    c# += (dims.scale * xa[r# * dims.xaStride4 + slot0 + r]) * p; // × SPLIT
    d# += (dims.scale * xa[r# * dims.xaStride4 + slot1 + r]) * q; // × SPLIT
  } // × LORA
  // Rows past the end hold the last row's sums and store them once more; one branch serves all rows.
  let o# = r# * dims.yStride4 + dims.yColumn4 + column; // × ROWS
  y[o#] = c#; // × ROWS
  if (column + 1u < dims.n4) {
    y[o# + 1u] = d#; // × ROWS
  }
}
