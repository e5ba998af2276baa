// matmul_dx_quad — dx = dy W (+ dxa A), a quad of lanes shares its rows of dy.
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
// dispatch  (⌈K / (8·WX)⌉, ⌈T / 16⌉): one lane 16 rows × 8 columns
// override  WX: lanes a workgroup, a multiple of 4
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

override WX: u32 = 8u;

@compute @workgroup_size(WX)
fn matmul_dx_quad(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(subgroup_invocation_id) inSubgroup: u32) {
  let quadLane = inSubgroup & 3u;
  let row = wg.y * 16u;
  let column = (wg.x * WX + lane.x) * 2u;
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.k4 - 1u);
  let n1 = min(column + 1u, dims.k4 - 1u);
  let r0 = min(row + 0u, last) * dims.yStride4 + dims.yColumn4; let r1 = min(row + 1u, last) * dims.yStride4 + dims.yColumn4; let r2 = min(row + 2u, last) * dims.yStride4 + dims.yColumn4; let r3 = min(row + 3u, last) * dims.yStride4 + dims.yColumn4;
  let r4 = min(row + 4u, last) * dims.yStride4 + dims.yColumn4; let r5 = min(row + 5u, last) * dims.yStride4 + dims.yColumn4; let r6 = min(row + 6u, last) * dims.yStride4 + dims.yColumn4; let r7 = min(row + 7u, last) * dims.yStride4 + dims.yColumn4;
  let r8 = min(row + 8u, last) * dims.yStride4 + dims.yColumn4; let r9 = min(row + 9u, last) * dims.yStride4 + dims.yColumn4; let r10 = min(row + 10u, last) * dims.yStride4 + dims.yColumn4; let r11 = min(row + 11u, last) * dims.yStride4 + dims.yColumn4;
  let r12 = min(row + 12u, last) * dims.yStride4 + dims.yColumn4; let r13 = min(row + 13u, last) * dims.yStride4 + dims.yColumn4; let r14 = min(row + 14u, last) * dims.yStride4 + dims.yColumn4; let r15 = min(row + 15u, last) * dims.yStride4 + dims.yColumn4;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f(); var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var c8 = vec4f(); var c9 = vec4f(); var c10 = vec4f(); var c11 = vec4f(); var c12 = vec4f(); var c13 = vec4f(); var c14 = vec4f(); var c15 = vec4f();
  var d0 = vec4f(); var d1 = vec4f(); var d2 = vec4f(); var d3 = vec4f(); var d4 = vec4f(); var d5 = vec4f(); var d6 = vec4f(); var d7 = vec4f();
  var d8 = vec4f(); var d9 = vec4f(); var d10 = vec4f(); var d11 = vec4f(); var d12 = vec4f(); var d13 = vec4f(); var d14 = vec4f(); var d15 = vec4f();
  for (var o = 0u; o < dims.n4; o += 4u) {
    // Past the end dy counts as 0, so the weight read there does not matter.
    let inside = select(0.0, 1.0, o + quadLane < dims.n4);
    let at = min(o + quadLane, dims.n4 - 1u);
    let a0 = inside * dy[r0 + at]; let a1 = inside * dy[r1 + at]; let a2 = inside * dy[r2 + at]; let a3 = inside * dy[r3 + at];
    let a4 = inside * dy[r4 + at]; let a5 = inside * dy[r5 + at]; let a6 = inside * dy[r6 + at]; let a7 = inside * dy[r7 + at];
    let a8 = inside * dy[r8 + at]; let a9 = inside * dy[r9 + at]; let a10 = inside * dy[r10 + at]; let a11 = inside * dy[r11 + at];
    let a12 = inside * dy[r12 + at]; let a13 = inside * dy[r13 + at]; let a14 = inside * dy[r14 + at]; let a15 = inside * dy[r15 + at];
    {
      let oq = min(o + 0u, dims.n4 - 1u);
      let p = weight_block(oq, n0);
      let q = weight_block(oq, n1);
      { let s = quadBroadcast(a0, 0u); c0 += p * s; d0 += q * s; }
      { let s = quadBroadcast(a1, 0u); c1 += p * s; d1 += q * s; }
      { let s = quadBroadcast(a2, 0u); c2 += p * s; d2 += q * s; }
      { let s = quadBroadcast(a3, 0u); c3 += p * s; d3 += q * s; }
      { let s = quadBroadcast(a4, 0u); c4 += p * s; d4 += q * s; }
      { let s = quadBroadcast(a5, 0u); c5 += p * s; d5 += q * s; }
      { let s = quadBroadcast(a6, 0u); c6 += p * s; d6 += q * s; }
      { let s = quadBroadcast(a7, 0u); c7 += p * s; d7 += q * s; }
      { let s = quadBroadcast(a8, 0u); c8 += p * s; d8 += q * s; }
      { let s = quadBroadcast(a9, 0u); c9 += p * s; d9 += q * s; }
      { let s = quadBroadcast(a10, 0u); c10 += p * s; d10 += q * s; }
      { let s = quadBroadcast(a11, 0u); c11 += p * s; d11 += q * s; }
      { let s = quadBroadcast(a12, 0u); c12 += p * s; d12 += q * s; }
      { let s = quadBroadcast(a13, 0u); c13 += p * s; d13 += q * s; }
      { let s = quadBroadcast(a14, 0u); c14 += p * s; d14 += q * s; }
      { let s = quadBroadcast(a15, 0u); c15 += p * s; d15 += q * s; }
    }
    {
      let oq = min(o + 1u, dims.n4 - 1u);
      let p = weight_block(oq, n0);
      let q = weight_block(oq, n1);
      { let s = quadBroadcast(a0, 1u); c0 += p * s; d0 += q * s; }
      { let s = quadBroadcast(a1, 1u); c1 += p * s; d1 += q * s; }
      { let s = quadBroadcast(a2, 1u); c2 += p * s; d2 += q * s; }
      { let s = quadBroadcast(a3, 1u); c3 += p * s; d3 += q * s; }
      { let s = quadBroadcast(a4, 1u); c4 += p * s; d4 += q * s; }
      { let s = quadBroadcast(a5, 1u); c5 += p * s; d5 += q * s; }
      { let s = quadBroadcast(a6, 1u); c6 += p * s; d6 += q * s; }
      { let s = quadBroadcast(a7, 1u); c7 += p * s; d7 += q * s; }
      { let s = quadBroadcast(a8, 1u); c8 += p * s; d8 += q * s; }
      { let s = quadBroadcast(a9, 1u); c9 += p * s; d9 += q * s; }
      { let s = quadBroadcast(a10, 1u); c10 += p * s; d10 += q * s; }
      { let s = quadBroadcast(a11, 1u); c11 += p * s; d11 += q * s; }
      { let s = quadBroadcast(a12, 1u); c12 += p * s; d12 += q * s; }
      { let s = quadBroadcast(a13, 1u); c13 += p * s; d13 += q * s; }
      { let s = quadBroadcast(a14, 1u); c14 += p * s; d14 += q * s; }
      { let s = quadBroadcast(a15, 1u); c15 += p * s; d15 += q * s; }
    }
    {
      let oq = min(o + 2u, dims.n4 - 1u);
      let p = weight_block(oq, n0);
      let q = weight_block(oq, n1);
      { let s = quadBroadcast(a0, 2u); c0 += p * s; d0 += q * s; }
      { let s = quadBroadcast(a1, 2u); c1 += p * s; d1 += q * s; }
      { let s = quadBroadcast(a2, 2u); c2 += p * s; d2 += q * s; }
      { let s = quadBroadcast(a3, 2u); c3 += p * s; d3 += q * s; }
      { let s = quadBroadcast(a4, 2u); c4 += p * s; d4 += q * s; }
      { let s = quadBroadcast(a5, 2u); c5 += p * s; d5 += q * s; }
      { let s = quadBroadcast(a6, 2u); c6 += p * s; d6 += q * s; }
      { let s = quadBroadcast(a7, 2u); c7 += p * s; d7 += q * s; }
      { let s = quadBroadcast(a8, 2u); c8 += p * s; d8 += q * s; }
      { let s = quadBroadcast(a9, 2u); c9 += p * s; d9 += q * s; }
      { let s = quadBroadcast(a10, 2u); c10 += p * s; d10 += q * s; }
      { let s = quadBroadcast(a11, 2u); c11 += p * s; d11 += q * s; }
      { let s = quadBroadcast(a12, 2u); c12 += p * s; d12 += q * s; }
      { let s = quadBroadcast(a13, 2u); c13 += p * s; d13 += q * s; }
      { let s = quadBroadcast(a14, 2u); c14 += p * s; d14 += q * s; }
      { let s = quadBroadcast(a15, 2u); c15 += p * s; d15 += q * s; }
    }
    {
      let oq = min(o + 3u, dims.n4 - 1u);
      let p = weight_block(oq, n0);
      let q = weight_block(oq, n1);
      { let s = quadBroadcast(a0, 3u); c0 += p * s; d0 += q * s; }
      { let s = quadBroadcast(a1, 3u); c1 += p * s; d1 += q * s; }
      { let s = quadBroadcast(a2, 3u); c2 += p * s; d2 += q * s; }
      { let s = quadBroadcast(a3, 3u); c3 += p * s; d3 += q * s; }
      { let s = quadBroadcast(a4, 3u); c4 += p * s; d4 += q * s; }
      { let s = quadBroadcast(a5, 3u); c5 += p * s; d5 += q * s; }
      { let s = quadBroadcast(a6, 3u); c6 += p * s; d6 += q * s; }
      { let s = quadBroadcast(a7, 3u); c7 += p * s; d7 += q * s; }
      { let s = quadBroadcast(a8, 3u); c8 += p * s; d8 += q * s; }
      { let s = quadBroadcast(a9, 3u); c9 += p * s; d9 += q * s; }
      { let s = quadBroadcast(a10, 3u); c10 += p * s; d10 += q * s; }
      { let s = quadBroadcast(a11, 3u); c11 += p * s; d11 += q * s; }
      { let s = quadBroadcast(a12, 3u); c12 += p * s; d12 += q * s; }
      { let s = quadBroadcast(a13, 3u); c13 += p * s; d13 += q * s; }
      { let s = quadBroadcast(a14, 3u); c14 += p * s; d14 += q * s; }
      { let s = quadBroadcast(a15, 3u); c15 += p * s; d15 += q * s; }
    }
  }
  var first = array(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);
  var second = array(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15);
  for (var i = 0u; i < 16u; i++) {
    finish(row + i, column, first[i]);
    finish(row + i, column + 1u, second[i]);
  }
}
