// The loops of matmul_dx_register.wgsl, where formula and bindings are. The 8 rows of a lane are written out: their
// sums stay in registers.
import { unroll } from "../unroll";

export function matmulDxRegisterLoops(accumulate: boolean): string {
  const rows = (line: string): string => unroll(8, line);
  /** Only where the gradient is added to what was there. */
  const before = (line: string): string => (accumulate ? rows(line) : "");
  return /* wgsl */ `
@compute @workgroup_size(LANES)
fn matmul_dx_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = (wg.y * (LANES / dims.lanesX) + lane.x / dims.lanesX) * 8u;
  let column = (wg.x * dims.lanesX + lane.x % dims.lanesX) * 2u;
  if (row >= dims.rows || column >= dims.k4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.k4 - 1u);
  let n1 = min(column + 1u, dims.k4 - 1u);
  ${rows("let r# = min(row + #u, last);")}
  ${rows("var c# = vec4f();")}
  ${rows("var d# = vec4f();")}
  for (var o = 0u; o < dims.n4; o++) {
    let p = weight_block(o, n0);
    let q = weight_block(o, n1);
    ${rows("{ let s = dy[r# * dims.yStride4 + dims.yColumn4 + o]; c# += p * s; d# += q * s; }")}
  }
  // The adapter's share is a few more steps of the same sum.
  let sr4 = dims.sr / 4u;
  for (var r = 0u; r < sr4; r++) {
    let p = lora_block(r, n0);
    let q = lora_block(r, n1);
    ${rows("{ let s = dxa[r# * sr4 + r]; c# += p * s; d# += q * s; }")}
  }
  // Rows past the end hold the last row's sums: all are read before any is stored, then stored once more.
  ${rows("let o# = r# * dims.k4 + column;")}
  ${before("c# += dx[o#]; d# += dx[o# + 1u];")}
  ${rows("dx[o#] = c#;")}
  if (column + 1u < dims.k4) {
    ${rows("dx[o# + 1u] = d#;")}
  }
}
`;
}
