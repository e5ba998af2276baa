// The loops of lora_grad_xa.wgsl, where formula and bindings are. The 8 rows of a lane are written out: their sums stay in
// registers.
import { unroll } from "../unroll";

export function loraGradXaLoops(): string {
  const rows = (line: string): string => unroll(8, line);
  return /* wgsl */ `
@compute @workgroup_size(1, 8)
fn lora_grad_xa(@builtin(global_invocation_id) id: vec3u) {
  // Lanes lie along the rows, so that none idles however narrow the adapter is.
  let row = id.y * 8u;
  if (row >= dims.rows) { return; }
  let pairs = (dims.rank4 + 1u) / 2u;
  let slot = id.x / pairs;
  let r0 = 2u * (id.x % pairs);
  let r1 = min(r0 + 1u, dims.rank4 - 1u);
  let start = select(0u, select(dims.segment1, dims.segment2, slot == 2u), slot > 0u);
  let stop = select(dims.n4, select(dims.segment1, dims.segment2, slot == 1u), slot < 2u);
  let last = dims.rows - 1u;
  ${rows("let y# = min(row + #u, last) * dims.yStride4;")}
  ${rows("var c# = vec4f();")}
  ${rows("var d# = vec4f();")}
  for (var o = start; o < stop; o++) {
    let at = 4u * o * dims.rank4;
    let b0 = at + r0;
    let b1 = at + r1;
    let p = mat4x4f(loraB[b0], loraB[b0 + dims.rank4], loraB[b0 + 2u * dims.rank4], loraB[b0 + 3u * dims.rank4]);
    let q = mat4x4f(loraB[b1], loraB[b1 + dims.rank4], loraB[b1 + 2u * dims.rank4], loraB[b1 + 3u * dims.rank4]);
    ${rows("{ let s = dy[y# + o]; c# += p * s; d# += q * s; }")}
  }
  // Rows past the end, and columns past the rank, hold what the last one holds and store it once more.
  let column0 = slot * dims.rank4 + r0;
  let column1 = slot * dims.rank4 + r1;
  ${rows("let to# = min(row + #u, last) * dims.sr4;")}
  ${rows("dxa[to# + column0] = dims.scale * c#;")}
  ${rows("dxa[to# + column1] = dims.scale * d#;")}
}
`;
}
