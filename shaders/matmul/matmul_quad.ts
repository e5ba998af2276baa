// The loops of matmul_quad.wgsl, where formula and bindings are. Written out are the sums of a lane, four rows at a
// time, and the 8 rows of W that it multiplies with.
import { unroll } from "../unroll";

/** @param quads rows of a lane / 4 */
export function matmulQuadLoops(quads: number): string {
  const rows = (line: string): string => unroll(quads, line);
  const columns = (line: string): string => unroll(8, line);
  return /* wgsl */ `
@compute @workgroup_size(4)
fn matmul_quad(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u,
  @builtin(subgroup_invocation_id) inSubgroup: u32) {
  // Each lane of a quad loads one row of four and they swap: sums a, b, c, d belong to the lane's own row and to the rows of
  // the lanes whose number differs in bit 0, bit 1 and both. On SwiftShader a swap takes 1 instruction per component, a
  // broadcast 7 (machine code, docs/performance.md; no public report found).
  let quadLane = inSubgroup & 3u;
  let row = wg.y * 4u * QUADS;
  let column = (wg.x * 4u + lane.x) * 2u;
  let lastRow = dims.rows - 1u;
  let lastColumn = 4u * dims.n4 - 1u;
  let k8 = dims.k4 / 2u;
  ${rows("let own# = min(row + 4u * #u + quadLane, lastRow);")}
  ${columns("let at# = (dims.weightRow + min(4u * column + #u, lastColumn)) * k8;")}
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  let b0 = bias_of(n0);
  let b1 = bias_of(n1);
  ${rows("var c#a = b0;")}
  ${rows("var c#b = b0;")}
  ${rows("var c#c = b0;")}
  ${rows("var c#d = b0;")}
  ${rows("var d#a = b1;")}
  ${rows("var d#b = b1;")}
  ${rows("var d#c = b1;")}
  ${rows("var d#d = b1;")}
  for (var k = 0u; k < k8; k++) {
    ${rows("let x# = x8[own# * k8 + k];")}
    ${columns("let w# = weight8(at# + k);")}
    // Each half adds four k: first every row's four values, then the sums, column by column, so that p and q stay at hand.
    {
      let p = mat4x4f(w0[0], w1[0], w2[0], w3[0]);
      let q = mat4x4f(w4[0], w5[0], w6[0], w7[0]);
      ${rows("let a# = x#[0];")}
      ${rows("let b# = quadSwapX(x#[0]);")}
      ${rows("let c# = quadSwapY(x#[0]);")}
      ${rows("let d# = quadSwapDiagonal(x#[0]);")}
      ${rows("c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p;")}
      ${rows("d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q;")}
    }
    {
      let p = mat4x4f(w0[1], w1[1], w2[1], w3[1]);
      let q = mat4x4f(w4[1], w5[1], w6[1], w7[1]);
      ${rows("let a# = x#[1];")}
      ${rows("let b# = quadSwapX(x#[1]);")}
      ${rows("let c# = quadSwapY(x#[1]);")}
      ${rows("let d# = quadSwapDiagonal(x#[1]);")}
      ${rows("c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p;")}
      ${rows("d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q;")}
    }
  }
  // The adapter's half is a few more steps of the same sum.
  let slot = slot_of(n0) * dims.rank4;
  for (var r = 0u; r < dims.rank4; r++) {
    let p = lora_block(n0, r);
    let q = lora_block(n1, r);
    ${rows("let xa# = dims.scale * xa[own# * dims.xaStride4 + slot + r];")}
    ${rows("let a# = xa#;")}
    ${rows("let b# = quadSwapX(xa#);")}
    ${rows("let c# = quadSwapY(xa#);")}
    ${rows("let d# = quadSwapDiagonal(xa#);")}
    ${rows("c#a += a# * p; c#b += b# * p; c#c += c# * p; c#d += d# * p;")}
    ${rows("d#a += a# * q; d#b += b# * q; d#c += c# * q; d#d += d# * q;")}
  }
  // The sums are stored in a loop: each storage access written out costs SwiftShader 1.2 to 1.6 ms of compile time.
  var sums: array<vec4f, 8u * QUADS>;
  ${rows("sums[8 * # + 0] = c#a; sums[8 * # + 1] = d#a;")}
  ${rows("sums[8 * # + 2] = c#b; sums[8 * # + 3] = d#b;")}
  ${rows("sums[8 * # + 4] = c#c; sums[8 * # + 5] = d#c;")}
  ${rows("sums[8 * # + 6] = c#d; sums[8 * # + 7] = d#d;")}
  // A loop with 0 or 4·QUADS iterations instead of an if around a loop: SwiftShader runs the body of an if even where
  // its condition is false (32 loads: 1.15 ms; docs/performance.md, no public report found), here once per row.
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
`;
}
