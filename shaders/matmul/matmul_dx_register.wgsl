// matmul_dx_register — dx = dy W (+ dxa A), a register tile a lane, nothing shared.
//
//   dx[t, k] = Σ_o dy[t, o] W[o, k] + Σ_r dxa[t, r] A[r, k]   (+ dx[t, k] before)
//
// group 0   0 dy        read        f32[T, Y]    gradient of the outputs; columns from yColumn are used
//           1 weights   read        [N, K]       frozen, stored type: read along K, no transposed copy
//           2 dxa       read        f32[T, S·R]  gradient of x Aᵀ of the joined adapters, or a dummy
//           3 loraA     read        f32[S·R, K]  or a dummy
//           4 dx        read_write  f32[T, K]
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite, or accumulate where BEFORE is not 0
// dispatch  (⌈K / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns, WX · WY = LANES lanes a workgroup
// unrolled  ROWS: 8; BEFORE: ROWS to accumulate, else none (lines marked so; src/gpu/unroll.ts)
// override  LANES: 8 where rows or columns are few, since lanes that return early cost as much as others in software; else 32
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

override LANES: u32 = 32u;

@compute @workgroup_size(LANES)
fn matmul_dx_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = (wg.y * (LANES / dims.lanesX) + lane.x / dims.lanesX) * 8u;
  let column = (wg.x * dims.lanesX + lane.x % dims.lanesX) * 2u;
  if (row >= dims.rows || column >= dims.k4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.k4 - 1u);
  let n1 = min(column + 1u, dims.k4 - 1u);
  let r# = min(row + #u, last); // × ROWS
  var c# = vec4f(); // × ROWS
  var d# = vec4f(); // × ROWS
  for (var o = 0u; o < dims.n4; o++) {
    let p = weight_block(o, n0);
    let q = weight_block(o, n1);
    { let s = dy[r# * dims.yStride4 + dims.yColumn4 + o]; c# += p * s; d# += q * s; } // × ROWS
  }
  // The adapter's share is a few more steps of the same sum.
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    let q = lora_block(r, n1);
    { let s = dxa[r# * sr4 + r]; c# += p * s; d# += q * s; } // × ROWS
  }
  // Rows past the end hold the last row's sums: all are read before any is stored, then stored once more.
  let o# = r# * dims.k4 + column; // × ROWS
  c# += dx[o#]; d# += dx[o# + 1u]; // × BEFORE
  dx[o#] = c#; // × ROWS
  if (column + 1u < dims.k4) {
    dx[o# + 1u] = d#; // × ROWS
  }
}
