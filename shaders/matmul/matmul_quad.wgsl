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
// unrolled  ROWS: 16 (lines marked so; src/gpu/unroll.ts) · segments are multiples of 8: both columns have one adapter
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
  let r# = min(row + #u, last); // × ROWS
  var c# = vec4f(); // × ROWS
  var d# = vec4f(); // × ROWS
  for (var k = 0u; k < dims.k4; k += 4u) {
    // Past the end of the row x counts as 0, so the weight read there does not matter.
    let inside = select(0.0, 1.0, k + quadLane < dims.k4);
    let at = min(k + quadLane, dims.k4 - 1u);
    let a# = inside * x[r# * dims.k4 + at]; // × ROWS
    {
      let p = weight_block(n0, min(k + 0u, dims.k4 - 1u));
      let q = weight_block(n1, min(k + 0u, dims.k4 - 1u));
      { let s = quadBroadcast(a#, 0u); c# += s * p; d# += s * q; } // × ROWS
    }
    {
      let p = weight_block(n0, min(k + 1u, dims.k4 - 1u));
      let q = weight_block(n1, min(k + 1u, dims.k4 - 1u));
      { let s = quadBroadcast(a#, 1u); c# += s * p; d# += s * q; } // × ROWS
    }
    {
      let p = weight_block(n0, min(k + 2u, dims.k4 - 1u));
      let q = weight_block(n1, min(k + 2u, dims.k4 - 1u));
      { let s = quadBroadcast(a#, 2u); c# += s * p; d# += s * q; } // × ROWS
    }
    {
      let p = weight_block(n0, min(k + 3u, dims.k4 - 1u));
      let q = weight_block(n1, min(k + 3u, dims.k4 - 1u));
      { let s = quadBroadcast(a#, 3u); c# += s * p; d# += s * q; } // × ROWS
    }
  }
  // The adapter's half is a few more steps of the same sum.
  let slot = slot_of(n0) * dims.rank4;
  for (var r = 0u; r < dims.rank4; r++) {
    let p = lora_block(n0, r);
    let q = lora_block(n1, r);
    { let s = dims.scale * xa[r# * dims.xaStride4 + slot + r]; c# += s * p; d# += s * q; } // × ROWS
  }
  finish(row + #u, column, c#); // × ROWS
  finish(row + #u, column + 1u, d#); // × ROWS
}
