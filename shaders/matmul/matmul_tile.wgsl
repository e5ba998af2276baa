// matmul_tile — y = x Wᵀ (+ LoRA) (+ bias), a 64 × 64 tile a workgroup, operands in workgroup memory.
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
// dispatch  (⌈N / 64⌉, ⌈T / 64⌉): one lane 8 rows × 4 columns
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; the usual variant for real GPUs, where workgroup memory is fast
// oracle    src/gpu/reference/matmul.ts

var<workgroup> rowsOfX: array<vec4f, 256>;    // [four k][64 rows]
var<workgroup> blocks: array<vec4f, 256>;     // [four k][column of a group][16 groups of columns]

@compute @workgroup_size(16, 8)
fn matmul_tile(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32) {
  let last = dims.rows - 1u;
  let row = wg.y * 64u + lane.y * 8u;
  let column = wg.x * 16u + lane.x;
  let n0 = min(column, dims.n4 - 1u);
  let b0 = bias_of(n0);
  var c0 = b0; var c1 = b0; var c2 = b0; var c3 = b0; var c4 = b0; var c5 = b0; var c6 = b0; var c7 = b0;
  for (var k = 0u; k < dims.k4; k += 4u) {
    // Two loads a lane of each operand; what lies past an end is read from inside and never used.
    for (var i = index; i < 256u; i += 128u) {
      rowsOfX[(i % 4u) * 64u + i / 4u] = x[min(wg.y * 64u + i / 4u, last) * dims.k4 + min(k + i % 4u, dims.k4 - 1u)];
      // i / 4 = output column inside the tile: group of four (i / 16), column of the group (i / 4 % 4)
      let output = 4u * min(wg.x * 16u + i / 16u, dims.n4 - 1u) + (i / 4u) % 4u;
      blocks[(i % 4u) * 64u + ((i / 4u) % 4u) * 16u + i / 16u] =
        weight4((dims.weightRow + output) * dims.k4 + min(k + i % 4u, dims.k4 - 1u));
    }
    workgroupBarrier();
    let stop = min(4u, dims.k4 - k);
    for (var j = 0u; j < stop; j++) {
      let b = j * 64u + lane.x;
      let p = mat4x4f(blocks[b], blocks[b + 16u], blocks[b + 32u], blocks[b + 48u]);
      let a = j * 64u + lane.y * 8u;
      c0 += rowsOfX[a + 0u] * p;
      c1 += rowsOfX[a + 1u] * p;
      c2 += rowsOfX[a + 2u] * p;
      c3 += rowsOfX[a + 3u] * p;
      c4 += rowsOfX[a + 4u] * p;
      c5 += rowsOfX[a + 5u] * p;
      c6 += rowsOfX[a + 6u] * p;
      c7 += rowsOfX[a + 7u] * p;
    }
    workgroupBarrier();
  }
  var sums = array(c0, c1, c2, c3, c4, c5, c6, c7);
  let slot = slot_of(n0) * dims.rank4;
  for (var r = 0u; r < dims.rank4; r++) {
    let p = lora_block(n0, r);
    for (var i = 0u; i < 8u; i++) {
      sums[i] += (dims.scale * xa[min(row + i, last) * dims.xaStride4 + slot + r]) * p;
    }
  }
  for (var i = 0u; i < 8u; i++) { finish(row + i, column, sums[i]); }
}
