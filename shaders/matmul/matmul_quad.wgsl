// matmul_quad — y = x Wᵀ (+ LoRA) (+ bias) (+ residual), a quad of lanes shares its rows of x.
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
// dispatch  (⌈N / (8·WX)⌉, ⌈T / 16⌉): one lane 16 rows × 8 columns, a workgroup is WX lanes side by side
// override  WX: lanes a workgroup, a multiple of 4
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; needs subgroups; works at any subgroup size ≥ 4 because it only exchanges inside quads
// oracle    src/gpu/reference/matmul.ts

override WX: u32 = 8u;

@compute @workgroup_size(WX)
fn matmul_quad(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(subgroup_invocation_id) inSubgroup: u32) {
  // Each lane of a quad loads another four k of the same rows; the quad hands them round.
  let quadLane = inSubgroup & 3u;
  let row = wg.y * 16u;
  let column = (wg.x * WX + lane.x) * 2u;
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  let r0 = min(row + 0u, last) * dims.k4; let r1 = min(row + 1u, last) * dims.k4; let r2 = min(row + 2u, last) * dims.k4; let r3 = min(row + 3u, last) * dims.k4;
  let r4 = min(row + 4u, last) * dims.k4; let r5 = min(row + 5u, last) * dims.k4; let r6 = min(row + 6u, last) * dims.k4; let r7 = min(row + 7u, last) * dims.k4;
  let r8 = min(row + 8u, last) * dims.k4; let r9 = min(row + 9u, last) * dims.k4; let r10 = min(row + 10u, last) * dims.k4; let r11 = min(row + 11u, last) * dims.k4;
  let r12 = min(row + 12u, last) * dims.k4; let r13 = min(row + 13u, last) * dims.k4; let r14 = min(row + 14u, last) * dims.k4; let r15 = min(row + 15u, last) * dims.k4;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f(); var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var c8 = vec4f(); var c9 = vec4f(); var c10 = vec4f(); var c11 = vec4f(); var c12 = vec4f(); var c13 = vec4f(); var c14 = vec4f(); var c15 = vec4f();
  var d0 = vec4f(); var d1 = vec4f(); var d2 = vec4f(); var d3 = vec4f(); var d4 = vec4f(); var d5 = vec4f(); var d6 = vec4f(); var d7 = vec4f();
  var d8 = vec4f(); var d9 = vec4f(); var d10 = vec4f(); var d11 = vec4f(); var d12 = vec4f(); var d13 = vec4f(); var d14 = vec4f(); var d15 = vec4f();
  for (var k = 0u; k < dims.k4; k += 4u) {
    // Past the end of the row x counts as 0, so the weight read there does not matter.
    let inside = select(0.0, 1.0, k + quadLane < dims.k4);
    let at = min(k + quadLane, dims.k4 - 1u);
    let a0 = inside * x[r0 + at]; let a1 = inside * x[r1 + at]; let a2 = inside * x[r2 + at]; let a3 = inside * x[r3 + at];
    let a4 = inside * x[r4 + at]; let a5 = inside * x[r5 + at]; let a6 = inside * x[r6 + at]; let a7 = inside * x[r7 + at];
    let a8 = inside * x[r8 + at]; let a9 = inside * x[r9 + at]; let a10 = inside * x[r10 + at]; let a11 = inside * x[r11 + at];
    let a12 = inside * x[r12 + at]; let a13 = inside * x[r13 + at]; let a14 = inside * x[r14 + at]; let a15 = inside * x[r15 + at];
    {
      let kq = min(k + 0u, dims.k4 - 1u);
      let p = weight_block(n0, kq);
      let q = weight_block(n1, kq);
      { let s = quadBroadcast(a0, 0u); c0 += s * p; d0 += s * q; }
      { let s = quadBroadcast(a1, 0u); c1 += s * p; d1 += s * q; }
      { let s = quadBroadcast(a2, 0u); c2 += s * p; d2 += s * q; }
      { let s = quadBroadcast(a3, 0u); c3 += s * p; d3 += s * q; }
      { let s = quadBroadcast(a4, 0u); c4 += s * p; d4 += s * q; }
      { let s = quadBroadcast(a5, 0u); c5 += s * p; d5 += s * q; }
      { let s = quadBroadcast(a6, 0u); c6 += s * p; d6 += s * q; }
      { let s = quadBroadcast(a7, 0u); c7 += s * p; d7 += s * q; }
      { let s = quadBroadcast(a8, 0u); c8 += s * p; d8 += s * q; }
      { let s = quadBroadcast(a9, 0u); c9 += s * p; d9 += s * q; }
      { let s = quadBroadcast(a10, 0u); c10 += s * p; d10 += s * q; }
      { let s = quadBroadcast(a11, 0u); c11 += s * p; d11 += s * q; }
      { let s = quadBroadcast(a12, 0u); c12 += s * p; d12 += s * q; }
      { let s = quadBroadcast(a13, 0u); c13 += s * p; d13 += s * q; }
      { let s = quadBroadcast(a14, 0u); c14 += s * p; d14 += s * q; }
      { let s = quadBroadcast(a15, 0u); c15 += s * p; d15 += s * q; }
    }
    {
      let kq = min(k + 1u, dims.k4 - 1u);
      let p = weight_block(n0, kq);
      let q = weight_block(n1, kq);
      { let s = quadBroadcast(a0, 1u); c0 += s * p; d0 += s * q; }
      { let s = quadBroadcast(a1, 1u); c1 += s * p; d1 += s * q; }
      { let s = quadBroadcast(a2, 1u); c2 += s * p; d2 += s * q; }
      { let s = quadBroadcast(a3, 1u); c3 += s * p; d3 += s * q; }
      { let s = quadBroadcast(a4, 1u); c4 += s * p; d4 += s * q; }
      { let s = quadBroadcast(a5, 1u); c5 += s * p; d5 += s * q; }
      { let s = quadBroadcast(a6, 1u); c6 += s * p; d6 += s * q; }
      { let s = quadBroadcast(a7, 1u); c7 += s * p; d7 += s * q; }
      { let s = quadBroadcast(a8, 1u); c8 += s * p; d8 += s * q; }
      { let s = quadBroadcast(a9, 1u); c9 += s * p; d9 += s * q; }
      { let s = quadBroadcast(a10, 1u); c10 += s * p; d10 += s * q; }
      { let s = quadBroadcast(a11, 1u); c11 += s * p; d11 += s * q; }
      { let s = quadBroadcast(a12, 1u); c12 += s * p; d12 += s * q; }
      { let s = quadBroadcast(a13, 1u); c13 += s * p; d13 += s * q; }
      { let s = quadBroadcast(a14, 1u); c14 += s * p; d14 += s * q; }
      { let s = quadBroadcast(a15, 1u); c15 += s * p; d15 += s * q; }
    }
    {
      let kq = min(k + 2u, dims.k4 - 1u);
      let p = weight_block(n0, kq);
      let q = weight_block(n1, kq);
      { let s = quadBroadcast(a0, 2u); c0 += s * p; d0 += s * q; }
      { let s = quadBroadcast(a1, 2u); c1 += s * p; d1 += s * q; }
      { let s = quadBroadcast(a2, 2u); c2 += s * p; d2 += s * q; }
      { let s = quadBroadcast(a3, 2u); c3 += s * p; d3 += s * q; }
      { let s = quadBroadcast(a4, 2u); c4 += s * p; d4 += s * q; }
      { let s = quadBroadcast(a5, 2u); c5 += s * p; d5 += s * q; }
      { let s = quadBroadcast(a6, 2u); c6 += s * p; d6 += s * q; }
      { let s = quadBroadcast(a7, 2u); c7 += s * p; d7 += s * q; }
      { let s = quadBroadcast(a8, 2u); c8 += s * p; d8 += s * q; }
      { let s = quadBroadcast(a9, 2u); c9 += s * p; d9 += s * q; }
      { let s = quadBroadcast(a10, 2u); c10 += s * p; d10 += s * q; }
      { let s = quadBroadcast(a11, 2u); c11 += s * p; d11 += s * q; }
      { let s = quadBroadcast(a12, 2u); c12 += s * p; d12 += s * q; }
      { let s = quadBroadcast(a13, 2u); c13 += s * p; d13 += s * q; }
      { let s = quadBroadcast(a14, 2u); c14 += s * p; d14 += s * q; }
      { let s = quadBroadcast(a15, 2u); c15 += s * p; d15 += s * q; }
    }
    {
      let kq = min(k + 3u, dims.k4 - 1u);
      let p = weight_block(n0, kq);
      let q = weight_block(n1, kq);
      { let s = quadBroadcast(a0, 3u); c0 += s * p; d0 += s * q; }
      { let s = quadBroadcast(a1, 3u); c1 += s * p; d1 += s * q; }
      { let s = quadBroadcast(a2, 3u); c2 += s * p; d2 += s * q; }
      { let s = quadBroadcast(a3, 3u); c3 += s * p; d3 += s * q; }
      { let s = quadBroadcast(a4, 3u); c4 += s * p; d4 += s * q; }
      { let s = quadBroadcast(a5, 3u); c5 += s * p; d5 += s * q; }
      { let s = quadBroadcast(a6, 3u); c6 += s * p; d6 += s * q; }
      { let s = quadBroadcast(a7, 3u); c7 += s * p; d7 += s * q; }
      { let s = quadBroadcast(a8, 3u); c8 += s * p; d8 += s * q; }
      { let s = quadBroadcast(a9, 3u); c9 += s * p; d9 += s * q; }
      { let s = quadBroadcast(a10, 3u); c10 += s * p; d10 += s * q; }
      { let s = quadBroadcast(a11, 3u); c11 += s * p; d11 += s * q; }
      { let s = quadBroadcast(a12, 3u); c12 += s * p; d12 += s * q; }
      { let s = quadBroadcast(a13, 3u); c13 += s * p; d13 += s * q; }
      { let s = quadBroadcast(a14, 3u); c14 += s * p; d14 += s * q; }
      { let s = quadBroadcast(a15, 3u); c15 += s * p; d15 += s * q; }
    }
  }
  var first = array(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);
  var second = array(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15);
  for (var i = 0u; i < 16u; i++) {
    finish(row + i, column, first[i]);
    finish(row + i, column + 1u, second[i]);
  }
}
