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
// unrolled  ROWS: 16 (lines marked so; src/gpu/unroll.ts)
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
  let r# = min(row + #u, last); // × ROWS
  var c# = vec4f(); // × ROWS
  var d# = vec4f(); // × ROWS
  for (var o = 0u; o < dims.n4; o += 4u) {
    // Past the end dy counts as 0, so the weight read there does not matter.
    let inside = select(0.0, 1.0, o + quadLane < dims.n4);
    let at = dims.yColumn4 + min(o + quadLane, dims.n4 - 1u);
    let a# = inside * dy[r# * dims.yStride4 + at]; // × ROWS
    {
      let p = weight_block(min(o + 0u, dims.n4 - 1u), n0);
      let q = weight_block(min(o + 0u, dims.n4 - 1u), n1);
      { let s = quadBroadcast(a#, 0u); c# += p * s; d# += q * s; } // × ROWS
    }
    {
      let p = weight_block(min(o + 1u, dims.n4 - 1u), n0);
      let q = weight_block(min(o + 1u, dims.n4 - 1u), n1);
      { let s = quadBroadcast(a#, 1u); c# += p * s; d# += q * s; } // × ROWS
    }
    {
      let p = weight_block(min(o + 2u, dims.n4 - 1u), n0);
      let q = weight_block(min(o + 2u, dims.n4 - 1u), n1);
      { let s = quadBroadcast(a#, 2u); c# += p * s; d# += q * s; } // × ROWS
    }
    {
      let p = weight_block(min(o + 3u, dims.n4 - 1u), n0);
      let q = weight_block(min(o + 3u, dims.n4 - 1u), n1);
      { let s = quadBroadcast(a#, 3u); c# += p * s; d# += q * s; } // × ROWS
    }
  }
  // The adapter's share is a few more steps of the same sum.
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    let q = lora_block(r, n1);
    { let s = dxa[r# * sr4 + r]; c# += p * s; d# += q * s; } // × ROWS
  }
  finish(row + #u, column, c#); // × ROWS
  finish(row + #u, column + 1u, d#); // × ROWS
}
