// The loops of matmul_register.wgsl, where formula and bindings are. The 8 rows of a lane are written out: their sums
// stay in registers.
import { unroll } from "../unroll";

/** Where adapters join a lane's 8 columns: nowhere, one for all, or two. Less code compiles faster. */
export type Joins = "none" | "one" | "split";

const rows = (line: string): string => unroll(8, line);

/** The adapter's half is a few more steps of the same sum; where the lane's two columns have different ones, from two places. */
function adapter(joins: Joins): string {
  if (joins === "none") return "";
  const sums =
    joins === "one"
      ? rows("{ let s = dims.scale * xa[r# * dims.xaStride4 + slot0 + r]; c# += s * p; d# += s * q; }")
      : [
          rows("c# += (dims.scale * xa[r# * dims.xaStride4 + slot0 + r]) * p;"),
          rows("d# += (dims.scale * xa[r# * dims.xaStride4 + slot1 + r]) * q;"),
        ].join("\n");
  return /* wgsl */ `
  let slot0 = slot_of(n0) * dims.rank4;
  let slot1 = slot_of(n1) * dims.rank4;
  for (var r = 0u; r < dims.rank4; r++) {
    let p = lora_block(n0, r);
    let q = lora_block(n1, r);
    ${sums}
  }`;
}

export function matmulRegisterLoops(joins: Joins): string {
  return /* wgsl */ `
@compute @workgroup_size(LANES)
fn matmul_register(@builtin(workgroup_id) wg: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  // WX is a number in dims and not an override: one pipeline serves every width.
  let row = (wg.y * (LANES / dims.lanesX) + lane.x / dims.lanesX) * 8u;
  let column = (wg.x * dims.lanesX + lane.x % dims.lanesX) * 2u;
  if (row >= dims.rows || column >= dims.n4) { return; }
  let last = dims.rows - 1u;
  let n0 = min(column + 0u, dims.n4 - 1u);
  let n1 = min(column + 1u, dims.n4 - 1u);
  ${rows("let r# = min(row + #u, last);")}
  let b0 = bias_of(n0);
  let b1 = bias_of(n1);
  ${rows("var c# = b0;")}
  ${rows("var d# = b1;")}
  for (var k = 0u; k < dims.k4; k++) {
    let p = weight_block(n0, k);
    let q = weight_block(n1, k);
    ${rows("{ let s = x[r# * dims.k4 + k]; c# += s * p; d# += s * q; }")}
  }
  ${adapter(joins)}
  // Rows past the end hold the last row's sums and store them once more; one branch serves all rows.
  ${rows("let o# = r# * dims.yStride4 + dims.yColumn4 + column;")}
  ${rows("y[o#] = c#;")}
  if (column + 1u < dims.n4) {
    ${rows("y[o# + 1u] = d#;")}
  }
}
`;
}
