// matmul_register — y = x Wᵀ (+ LoRA) (+ bias) (+ residual), a register tile a lane, nothing shared.
//
//   y[t, o] = Σ_k x[t, k] W[o, k] + scale · Σ_r xa[t, r] B[o, r] + bias[o] + residual[t, o]
//
// group 0   0 x         read        f32[T, K]    activations
//           1 weights   read        [N, K]       frozen, stored type (shaders/common/weights_*.wgsl)
//           2 xa        read        f32[T, S·R]  x Aᵀ for S joined adapters, or a dummy
//           3 loraB     read        f32[N, R]    or a dummy
//           4 bias      read        f32[N]       or a dummy
//           5 residual  read        f32[T, Y]    or a dummy
//           6 y         read_write  f32[T, Y]    columns [yColumn, yColumn + N) are written
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite
// dispatch  (⌈N / (8·WX)⌉, ⌈T / (8·WY)⌉): one lane 8 rows × 8 columns
// override  WX, WY: lanes a workgroup along columns and rows
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; the plain path every device has
// oracle    src/gpu/reference/matmul.ts

override WX: u32 = 8u;
override WY: u32 = 8u;

@compute @workgroup_size(WX, WY)
fn matmul_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = (wg.y * WY + lane.y) * 8u;
  let column = (wg.x * WX + lane.x) * 2u;
  if (row >= dims.rows || column >= dims.n4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  let r0 = min(row + 0u, last) * dims.k4; let r1 = min(row + 1u, last) * dims.k4; let r2 = min(row + 2u, last) * dims.k4; let r3 = min(row + 3u, last) * dims.k4;
  let r4 = min(row + 4u, last) * dims.k4; let r5 = min(row + 5u, last) * dims.k4; let r6 = min(row + 6u, last) * dims.k4; let r7 = min(row + 7u, last) * dims.k4;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f(); var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var d0 = vec4f(); var d1 = vec4f(); var d2 = vec4f(); var d3 = vec4f(); var d4 = vec4f(); var d5 = vec4f(); var d6 = vec4f(); var d7 = vec4f();
  for (var k = 0u; k < dims.k4; k++) {
    let p = weight_block(n0, k);
    let q = weight_block(n1, k);
    { let s = x[r0 + k]; c0 += s * p; d0 += s * q; }
    { let s = x[r1 + k]; c1 += s * p; d1 += s * q; }
    { let s = x[r2 + k]; c2 += s * p; d2 += s * q; }
    { let s = x[r3 + k]; c3 += s * p; d3 += s * q; }
    { let s = x[r4 + k]; c4 += s * p; d4 += s * q; }
    { let s = x[r5 + k]; c5 += s * p; d5 += s * q; }
    { let s = x[r6 + k]; c6 += s * p; d6 += s * q; }
    { let s = x[r7 + k]; c7 += s * p; d7 += s * q; }
  }
  var first = array(c0, c1, c2, c3, c4, c5, c6, c7);
  var second = array(d0, d1, d2, d3, d4, d5, d6, d7);
  for (var i = 0u; i < 8u; i++) {
    finish(row + i, column, first[i]);
    finish(row + i, column + 1u, second[i]);
  }
}
