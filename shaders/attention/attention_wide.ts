// The loops of attention_wide.wgsl, where formula and bindings are. The vec4s of a head are written out: queries, sums
// and outputs of a lane's four rows stay in registers.
import { unroll } from "../unroll";
import { rowRanges, walkKeys } from "./wide_rows";

/** @param head4 vec4s of a head */
export function attentionWideLoops(head4: number): string {
  const each = (line: string): string => unroll(head4, line);
  return /* wgsl */ `
fn attend(tile: u32, head: u32) {${rowRanges()}
  var held: array<vec4f, 4u * HEAD4>;
  i = 0u;
  loop {
    held[i] = q[(min(tile * 4u + i / HEAD4, dims.rows - 1u) * dims.heads + head) * HEAD4 + i % HEAD4];
    continuing { i++; break if i >= 4u * HEAD4; }
  }
  ${each("let a# = mat4x4f(held[#], held[HEAD4 + #], held[2u * HEAD4 + #], held[3u * HEAD4 + #]);")}${walkKeys(
    `${each("var x# = mat4x4f();")}
  var best = vec4f(NOTHING);
  var mass = vec4f(0.0);`,
    `var s = mat4x4f();
    ${each("{ s += transpose(keys(#u)) * a#; }")}
    s = masked(s, seen);
    let top = max(best, top_of(s));
    let keep = exp(best - top);
    best = top;
    let p = weights(s, top, seen);
    mass = mass * keep + vec4f(1.0) * p;
    ${each("{ x# = scaled(x#, keep) + values(#u) * p; }")}`,
  )}
  ${each("{ held[#] = x#[0]; held[HEAD4 + #] = x#[1]; held[2u * HEAD4 + #] = x#[2]; held[3u * HEAD4 + #] = x#[3]; }")}
  let totals = select(vec4f(NOTHING), best + log(max(mass, vec4f(1e-30))), mass > vec4f(0.0));
  i = 0u;
  loop {
    let own = i / HEAD4;
    let row = tile * 4u + own;
    if (row < dims.rows) {
      let cell = row * dims.heads + head;
      lse[cell] = totals[own];
      o[cell * HEAD4 + i % HEAD4] = select(vec4f(0.0), held[i] / max(mass[own], 1e-30), mass[own] > 0.0);
    }
    continuing { i++; break if i >= 4u * HEAD4; }
  }
}

@compute @workgroup_size(TILES)
fn attention_wide(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  enter_quad(local);
  attend(group.x * TILES + local, group.y);
}
`;
}
