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
// writes    overwrite, or accumulate when dims.accumulate is 1
// dispatch  (⌈K / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns
// override  WX, WY: lanes a workgroup along columns and rows
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

override WX: u32 = 8u;
override WY: u32 = 8u;

@compute @workgroup_size(WX, WY)
fn matmul_dx_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = (wg.y * WY + lane.y) * 8u;
  let column = (wg.x * WX + lane.x) * 2u;
  if (row >= dims.rows || column >= dims.k4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.k4 - 1u);
  let n1 = min(column + 1u, dims.k4 - 1u);
  let r0 = min(row + 0u, last) * dims.yStride4 + dims.yColumn4; let r1 = min(row + 1u, last) * dims.yStride4 + dims.yColumn4; let r2 = min(row + 2u, last) * dims.yStride4 + dims.yColumn4; let r3 = min(row + 3u, last) * dims.yStride4 + dims.yColumn4;
  let r4 = min(row + 4u, last) * dims.yStride4 + dims.yColumn4; let r5 = min(row + 5u, last) * dims.yStride4 + dims.yColumn4; let r6 = min(row + 6u, last) * dims.yStride4 + dims.yColumn4; let r7 = min(row + 7u, last) * dims.yStride4 + dims.yColumn4;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f(); var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var d0 = vec4f(); var d1 = vec4f(); var d2 = vec4f(); var d3 = vec4f(); var d4 = vec4f(); var d5 = vec4f(); var d6 = vec4f(); var d7 = vec4f();
  for (var o = 0u; o < dims.n4; o++) {
    let p = weight_block(o, n0);
    let q = weight_block(o, n1);
    { let s = dy[r0 + o]; c0 += p * s; d0 += q * s; }
    { let s = dy[r1 + o]; c1 += p * s; d1 += q * s; }
    { let s = dy[r2 + o]; c2 += p * s; d2 += q * s; }
    { let s = dy[r3 + o]; c3 += p * s; d3 += q * s; }
    { let s = dy[r4 + o]; c4 += p * s; d4 += q * s; }
    { let s = dy[r5 + o]; c5 += p * s; d5 += q * s; }
    { let s = dy[r6 + o]; c6 += p * s; d6 += q * s; }
    { let s = dy[r7 + o]; c7 += p * s; d7 += q * s; }
  }
  var first = array(c0, c1, c2, c3, c4, c5, c6, c7);
  var second = array(d0, d1, d2, d3, d4, d5, d6, d7);
  for (var i = 0u; i < 8u; i++) {
    finish(row + i, column, first[i]);
    finish(row + i, column + 1u, second[i]);
  }
}
