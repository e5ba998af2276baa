// matmul_dx_tile — dx = dy W (+ dxa A), a 64 × 64 tile a workgroup, operands in workgroup memory.
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
// dispatch  (⌈K / 64⌉, ⌈T / 64⌉): one lane 8 rows × 4 columns
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours; the usual variant for real GPUs, where workgroup memory is fast
// oracle    src/gpu/reference/matmul.ts

var<workgroup> rowsOfDy: array<vec4f, 256>;    // [four o][64 rows]
var<workgroup> blocks: array<vec4f, 256>;     // [four o][row of the block][16 groups of columns]

@compute @workgroup_size(16, 8)
fn matmul_dx_tile(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(local_invocation_index) index: u32) {
  let last = dims.rows - 1u;
  let row = wg.y * 64u + lane.y * 8u;
  let column = wg.x * 16u + lane.x;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f(); var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  for (var o = 0u; o < dims.n4; o += 4u) {
    // Two loads a lane of each operand; what lies past an end is read from inside and never used.
    for (var i = index; i < 256u; i += 128u) {
      let source = min(wg.y * 64u + i / 4u, last) * dims.yStride4 + dims.yColumn4;
      rowsOfDy[(i % 4u) * 64u + i / 4u] = dy[source + min(o + i % 4u, dims.n4 - 1u)];
      // i = 64·(group of four o) + 16·(o in the group) + (group of columns)
      let output = 4u * min(o + i / 64u, dims.n4 - 1u) + (i / 16u) % 4u;
      blocks[i] = weight4((dims.weightRow + output) * dims.k4 + min(wg.x * 16u + i % 16u, dims.k4 - 1u));
    }
    workgroupBarrier();
    let stop = min(4u, dims.n4 - o);
    for (var j = 0u; j < stop; j++) {
      let b = j * 64u + lane.x;
      let p = mat4x4f(blocks[b], blocks[b + 16u], blocks[b + 32u], blocks[b + 48u]);
      let a = j * 64u + lane.y * 8u;
      c0 += p * rowsOfDy[a + 0u];
      c1 += p * rowsOfDy[a + 1u];
      c2 += p * rowsOfDy[a + 2u];
      c3 += p * rowsOfDy[a + 3u];
      c4 += p * rowsOfDy[a + 4u];
      c5 += p * rowsOfDy[a + 5u];
      c6 += p * rowsOfDy[a + 6u];
      c7 += p * rowsOfDy[a + 7u];
    }
    workgroupBarrier();
  }
  var sums = array(c0, c1, c2, c3, c4, c5, c6, c7);
  let n0 = min(column, dims.k4 - 1u);
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    for (var i = 0u; i < 8u; i++) { sums[i] += p * dxa[min(row + i, last) * sr4 + r]; }
  }
  for (var i = 0u; i < 8u; i++) { finish(row + i, column, sums[i]); }
}
