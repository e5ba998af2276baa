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
// writes    overwrite, or accumulate where BEFORE is not 0
// dispatch  (⌈K / 32⌉, ⌈T / (4·QUADS)⌉): one lane 4·QUADS rows × 8 columns, a workgroup is one quad
// unrolled  QUADS: rows a lane / 4; STEP: 8 outputs a step; BEFORE: 1 to accumulate, else 0 (src/gpu/unroll.ts)
// needs     N, Y, yColumn and K multiples of 8
// cost      T·N·K multiply-adds; every variant adds o in the same order
// source    ours
// oracle    src/gpu/reference/matmul.ts

@group(0) @binding(0) var<storage, read> dy8: array<mat2x4f>;

@compute @workgroup_size(4)
fn matmul_dx_quad(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(subgroup_invocation_id) inSubgroup: u32) {
  // Rows of a, b, c, d and the loop at the end: see matmul_quad.
  let quadLane = inSubgroup & 3u;
  let row = wg.y * 4u * QUADS;
  let column = (wg.x * 4u + lane.x) * 2u;
  let lastRow = dims.rows - 1u;
  let n0 = min(column + 0u, dims.k4 - 1u);
  let n1 = min(column + 1u, dims.k4 - 1u);
  let k8 = dims.k4 / 2u;
  let own# = min(row + 4u * #u + quadLane, lastRow); // × QUADS
  var c#a = vec4f(); // × QUADS
  var c#b = vec4f(); // × QUADS
  var c#c = vec4f(); // × QUADS
  var c#d = vec4f(); // × QUADS
  var d#a = vec4f(); // × QUADS
  var d#b = vec4f(); // × QUADS
  var d#c = vec4f(); // × QUADS
  var d#d = vec4f(); // × QUADS
  for (var o = 0u; o < dims.n4 / 2u; o++) {
    let y# = dy8[(own# * dims.yStride4 + dims.yColumn4) / 2u + o]; // × QUADS
    let start = (dims.weightRow + 8u * o) * k8 + n0 / 2u;
    let w# = weight8(start + #u * k8); // × STEP
    {
      let p = mat4x4f(w0[0], w1[0], w2[0], w3[0]);
      let q = mat4x4f(w0[1], w1[1], w2[1], w3[1]);
      let a# = y#[0]; // × QUADS
      let b# = quadSwapX(y#[0]); // × QUADS
      let c# = quadSwapY(y#[0]); // × QUADS
      let d# = quadSwapDiagonal(y#[0]); // × QUADS
      c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#; // × QUADS
      d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#; // × QUADS
    }
    {
      let p = mat4x4f(w4[0], w5[0], w6[0], w7[0]);
      let q = mat4x4f(w4[1], w5[1], w6[1], w7[1]);
      let a# = y#[1]; // × QUADS
      let b# = quadSwapX(y#[1]); // × QUADS
      let c# = quadSwapY(y#[1]); // × QUADS
      let d# = quadSwapDiagonal(y#[1]); // × QUADS
      c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#; // × QUADS
      d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#; // × QUADS
    }
  }
  // The adapter's share is a few more steps of the same sum.
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    let q = lora_block(r, n1);
    let xa# = dxa[own# * sr4 + r]; // × QUADS
    let a# = xa#; // × QUADS
    let b# = quadSwapX(xa#); // × QUADS
    let c# = quadSwapY(xa#); // × QUADS
    let d# = quadSwapDiagonal(xa#); // × QUADS
    c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#; // × QUADS
    d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#; // × QUADS
  }
  var sums: array<vec4f, 8u * QUADS>;
  sums[8 * # + 0] = c#a; sums[8 * # + 1] = d#a; // × QUADS
  sums[8 * # + 2] = c#b; sums[8 * # + 3] = d#b; // × QUADS
  sums[8 * # + 4] = c#c; sums[8 * # + 5] = d#c; // × QUADS
  sums[8 * # + 6] = c#d; sums[8 * # + 7] = d#d; // × QUADS
  var r = 0u;
  loop {
    let t = row + (r ^ quadLane);
    let at = t * dims.k4 + column;
    if (t <= lastRow && column < dims.k4) {
      var sum = sums[2u * r];
      sum += dx[at]; // × BEFORE
      dx[at] = sum;
    }
    if (t <= lastRow && column + 1u < dims.k4) {
      var sum = sums[2u * r + 1u];
      sum += dx[at + 1u]; // × BEFORE
      dx[at + 1u] = sum;
    }
    continuing { r++; break if r >= 4u * QUADS; }
  }
}
