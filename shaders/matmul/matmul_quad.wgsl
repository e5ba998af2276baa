// matmul_quad — y = x Wᵀ (+ LoRA) (+ bias), a quad of lanes shares its rows of x.
//
//   y[t, o] = bias[o] + Σ_k x[t, k] W[o, k] + scale · Σ_r xa[t, r] B[o, r] (+ residual[t, o])
//
// group 0   0 x         read        f32[T, K]    activations
//           1 weights   read        [N, K]       frozen, stored type (shaders/common/weights_*.wgsl)
//           2 xa        read        f32[T, S·R]  x Aᵀ for S joined adapters, or a dummy
//           3 loraB     read        f32[N, R]    or a dummy
//           4 bias      read        f32[N]       or a dummy
//           5 y         read_write  f32[T, Y]    columns [yColumn, yColumn + N) are written
//           6 residual  read        f32[T, N]    or a dummy; then yColumn = 0, Y = N
// group 1   0 dims      uniform     Dims         widths in vec4
// writes    overwrite
// dispatch  (⌈N / 32⌉, ⌈T / (4·QUADS)⌉): one lane 4·QUADS rows × 8 columns, a workgroup is one quad
// unrolled  QUADS: rows a lane / 4; COLUMNS: 8 (lines marked so; src/gpu/unroll.ts)
// needs     K a multiple of 8; adapters that begin at multiples of 32, so that a quad has one of them
// cost      T·N·K multiply-adds; every variant adds k in the same order
// source    ours; needs subgroups; works at any subgroup size ≥ 4 because it only exchanges inside quads
// oracle    src/gpu/reference/matmul.ts

@group(0) @binding(0) var<storage, read> x8: array<mat2x4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;

@compute @workgroup_size(4)
fn matmul_quad(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(subgroup_invocation_id) inSubgroup: u32) {
  // Each lane of a quad loads another row of four and they swap: sums a, b, c, d are those of the lane's own row and of the
  // rows of the lanes whose number differs in bit 0, bit 1 and both. A swap costs a seventh of a broadcast on SwiftShader.
  let quadLane = inSubgroup & 3u;
  let row = wg.y * 4u * QUADS;
  let column = (wg.x * 4u + lane.x) * 2u;
  let lastRow = dims.rows - 1u;
  let lastColumn = 4u * dims.n4 - 1u;
  let k8 = dims.k4 / 2u;
  let own# = min(row + 4u * #u + quadLane, lastRow); // × QUADS
  let at# = (dims.weightRow + min(4u * column + #u, lastColumn)) * k8; // × COLUMNS
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  let b0 = bias_of(n0);
  let b1 = bias_of(n1);
  var c#a = b0; // × QUADS
  var c#b = b0; // × QUADS
  var c#c = b0; // × QUADS
  var c#d = b0; // × QUADS
  var d#a = b1; // × QUADS
  var d#b = b1; // × QUADS
  var d#c = b1; // × QUADS
  var d#d = b1; // × QUADS
  for (var k = 0u; k < k8; k++) {
    let x# = x8[own# * k8 + k]; // × QUADS
    let w# = weight8(at# + k); // × COLUMNS
    // Each half adds four k: first every row's four values, then the sums, column by column, so that p and q stay at hand.
    {
      let p = mat4x4f(w0[0], w1[0], w2[0], w3[0]);
      let q = mat4x4f(w4[0], w5[0], w6[0], w7[0]);
      let a# = x#[0]; // × QUADS
      let b# = quadSwapX(x#[0]); // × QUADS
      let c# = quadSwapY(x#[0]); // × QUADS
      let d# = quadSwapDiagonal(x#[0]); // × QUADS
      c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p; // × QUADS
      d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q; // × QUADS
    }
    {
      let p = mat4x4f(w0[1], w1[1], w2[1], w3[1]);
      let q = mat4x4f(w4[1], w5[1], w6[1], w7[1]);
      let a# = x#[1]; // × QUADS
      let b# = quadSwapX(x#[1]); // × QUADS
      let c# = quadSwapY(x#[1]); // × QUADS
      let d# = quadSwapDiagonal(x#[1]); // × QUADS
      c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p; // × QUADS
      d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q; // × QUADS
    }
  }
  // The adapter's half is a few more steps of the same sum.
  let slot = slot_of(n0) * dims.rank4;
  for (var r = 0u; r < dims.rank4; r++) {
    let p = lora_block(n0, r);
    let q = lora_block(n1, r);
    let xa# = dims.scale * xa[own# * dims.xaStride4 + slot + r]; // × QUADS
    let a# = xa#; // × QUADS
    let b# = quadSwapX(xa#); // × QUADS
    let c# = quadSwapY(xa#); // × QUADS
    let d# = quadSwapDiagonal(xa#); // × QUADS
    c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p; // × QUADS
    d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q; // × QUADS
  }
  // The sums leave in a loop: every storage access written out costs compile time.
  var sums: array<vec4f, 8u * QUADS>;
  sums[8 * # + 0] = c#a; sums[8 * # + 1] = d#a; // × QUADS
  sums[8 * # + 2] = c#b; sums[8 * # + 3] = d#b; // × QUADS
  sums[8 * # + 4] = c#c; sums[8 * # + 5] = d#c; // × QUADS
  sums[8 * # + 6] = c#d; sums[8 * # + 7] = d#d; // × QUADS
  // A loop without a trip instead of an if, whose body a software adapter would run 32 times for nothing.
  for (var r = 0u; r < dims.residualRows; r++) {
    let at = min(row + (r ^ quadLane), lastRow) * dims.n4;
    sums[2u * r] += residual[at + n0];
    sums[2u * r + 1u] += residual[at + n1];
  }
  var r = 0u;
  loop {
    let t = row + (r ^ quadLane);
    let at = t * dims.yStride4 + dims.yColumn4 + column;
    if (t <= lastRow && column < dims.n4) { y[at] = sums[2u * r]; }
    if (t <= lastRow && column + 1u < dims.n4) { y[at + 1u] = sums[2u * r + 1u]; }
    continuing { r++; break if r >= 4u * QUADS; }
  }
}
