// The loops of matmul_dx_quad.wgsl, where formula and bindings are. Written out are the sums of a lane, four rows
// at a time, and the 8 rows of W of a step.
import { unroll } from "../unroll";

/** @param quads rows of a lane / 4 */
export function matmulDxQuadLoops(quads: number, accumulate: boolean): string {
  const rows = (line: string): string => unroll(quads, line);
  const step = (line: string): string => unroll(8, line);
  /** Only where the gradient is added to what was there. */
  const before = (line: string): string => (accumulate ? line : "");
  return /* wgsl */ `
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
  ${rows("let own# = min(row + 4u * #u + quadLane, lastRow);")}
  ${rows("var c#a = vec4f();")}
  ${rows("var c#b = vec4f();")}
  ${rows("var c#c = vec4f();")}
  ${rows("var c#d = vec4f();")}
  ${rows("var d#a = vec4f();")}
  ${rows("var d#b = vec4f();")}
  ${rows("var d#c = vec4f();")}
  ${rows("var d#d = vec4f();")}
  for (var o = 0u; o < dims.n4 / 2u; o++) {
    ${rows("let y# = dy8[(own# * dims.yStride4 + dims.yColumn4) / 2u + o];")}
    let start = (dims.weightRow + 8u * o) * k8 + n0 / 2u;
    ${step("let w# = weight8(start + #u * k8);")}
    {
      let p = mat4x4f(w0[0], w1[0], w2[0], w3[0]);
      let q = mat4x4f(w0[1], w1[1], w2[1], w3[1]);
      ${rows("let a# = y#[0];")}
      ${rows("let b# = quadSwapX(y#[0]);")}
      ${rows("let c# = quadSwapY(y#[0]);")}
      ${rows("let d# = quadSwapDiagonal(y#[0]);")}
      ${rows("c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#;")}
      ${rows("d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#;")}
    }
    {
      let p = mat4x4f(w4[0], w5[0], w6[0], w7[0]);
      let q = mat4x4f(w4[1], w5[1], w6[1], w7[1]);
      ${rows("let a# = y#[1];")}
      ${rows("let b# = quadSwapX(y#[1]);")}
      ${rows("let c# = quadSwapY(y#[1]);")}
      ${rows("let d# = quadSwapDiagonal(y#[1]);")}
      ${rows("c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#;")}
      ${rows("d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#;")}
    }
  }
  // The adapter's share is a few more steps of the same sum.
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    let q = lora_block(r, n1);
    ${rows("let xa# = dxa[own# * sr4 + r];")}
    ${rows("let a# = xa#;")}
    ${rows("let b# = quadSwapX(xa#);")}
    ${rows("let c# = quadSwapY(xa#);")}
    ${rows("let d# = quadSwapDiagonal(xa#);")}
    ${rows("c#a += p * a#; c#b += p * b#; c#c += p * c#; c#d += p * d#;")}
    ${rows("d#a += q * a#; d#b += q * b#; d#c += q * c#; d#d += q * d#;")}
  }
  var sums: array<vec4f, 8u * QUADS>;
  ${rows("sums[8 * # + 0] = c#a; sums[8 * # + 1] = d#a;")}
  ${rows("sums[8 * # + 2] = c#b; sums[8 * # + 3] = d#b;")}
  ${rows("sums[8 * # + 4] = c#c; sums[8 * # + 5] = d#c;")}
  ${rows("sums[8 * # + 6] = c#d; sums[8 * # + 7] = d#d;")}
  var r = 0u;
  loop {
    let t = row + (r ^ quadLane);
    let at = t * dims.k4 + column;
    if (t <= lastRow && column < dims.k4) {
      var sum = sums[2u * r];
      ${before("sum += dx[at];")}
      dx[at] = sum;
    }
    if (t <= lastRow && column + 1u < dims.k4) {
      var sum = sums[2u * r + 1u];
      ${before("sum += dx[at + 1u];")}
      dx[at + 1u] = sum;
    }
    continuing { r++; break if r >= 4u * QUADS; }
  }
}
`;
}
