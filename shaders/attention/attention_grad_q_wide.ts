// The loops of attention_grad_q_wide.wgsl, where formula and bindings are. The vec4s of a head are written out: queries,
// their gradients and those of the outputs stay in registers, for a lane's four rows.
import { unroll } from "../unroll";
import { rowRanges, walkKeys } from "./wide_rows";

/** @param head4 vec4s of a head */
export function attentionGradQWideLoops(head4: number): string {
  const each = (line: string): string => unroll(head4, line);
  return /* wgsl */ `
fn grad(tile: u32, head: u32) {${rowRanges(
    `
  var lse4 = vec4f();
  var delta4 = vec4f();`,
    `
    let cell = row * dims.heads + head;
    lse4 = vec4f(lse4.yzw, lse[cell]);
    delta4 = vec4f(delta4.yzw, delta[cell]);`,
  )}
  var heldQ: array<vec4f, 4u * HEAD4>;
  var heldO: array<vec4f, 4u * HEAD4>;
  i = 0u;
  loop {
    let at = (min(tile * 4u + i / HEAD4, dims.rows - 1u) * dims.heads + head) * HEAD4 + i % HEAD4;
    heldQ[i] = q[at];
    heldO[i] = dO[at];
    continuing { i++; break if i >= 4u * HEAD4; }
  }
  ${each("let a# = mat4x4f(heldQ[#], heldQ[HEAD4 + #], heldQ[2u * HEAD4 + #], heldQ[3u * HEAD4 + #]);")}
  ${each("let c# = mat4x4f(heldO[#], heldO[HEAD4 + #], heldO[2u * HEAD4 + #], heldO[3u * HEAD4 + #]);")}${walkKeys(
    each("var x# = mat4x4f();"),
    `${each("let k# = keys(#u);")}
    var s = mat4x4f();
    var dp = mat4x4f();
    ${each("{ s += transpose(k#) * a#; dp += transpose(values(#u)) * c#; }")}
    let ds = slopes(s, dp, lse4, delta4, seen);
    ${each("{ x# += k# * ds; }")}`,
  )}
  ${each("{ heldQ[#] = x#[0]; heldQ[HEAD4 + #] = x#[1]; heldQ[2u * HEAD4 + #] = x#[2]; heldQ[3u * HEAD4 + #] = x#[3]; }")}
  i = 0u;
  loop {
    let row = tile * 4u + i / HEAD4;
    // A row that sees no key computed with arbitrary values in place of keys, so 0 is stored instead of its sums.
    if (row < dims.rows) {
      dq[(row * dims.heads + head) * HEAD4 + i % HEAD4] = select(vec4f(0.0), heldQ[i], first != NONE);
    }
    continuing { i++; break if i >= 4u * HEAD4; }
  }
}

@compute @workgroup_size(TILES)
fn attention_grad_q_wide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  enter_quad(local);
  grad(group.x * TILES + local, group.y);
}
`;
}
