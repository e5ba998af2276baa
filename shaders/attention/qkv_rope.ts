// The loops of qkv_rope.wgsl, where formula and bindings are. The vec4s of half a head are written out, so that both
// halves of a rotation stay in registers.
import { unroll } from "../unroll";

/** @param pairs vec4s of half a head */
export function qkvRopeLoops(pairs: number): string {
  const each = (line: string): string => unroll(pairs, line);
  /** A vec4 of either half of a head, normed, weighed by its gain and turned by its angle. */
  const rotated = (to: "q" | "k", gain: string, gainOfUpper: string): string =>
    each(`{
          let x = a# * factor * gains[${gain}];
          let y = b# * factor * gains[${gainOfUpper}];
          ${to}[out + #u] = x * rotation[#] - y * rotation[PAIRS + #];
          ${to}[out + half + #u] = y * rotation[#] + x * rotation[PAIRS + #];
        }`);
  return /* wgsl */ `
@compute @workgroup_size(WG)
fn qkv_rope(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (group.x + group.y * groups.x) * WG + local;
  let row = index / dims.parts;
  let part = index % dims.parts;
  let inside = row < dims.rows;
  let half = PAIRS;
  let size = 2u * half;
  let input = row * (dims.heads + 2u * dims.kvHeads) * size;
  let angles = rows[row].position * size;
  let into = rows[row].kv * dims.kvHeads * size;
  // What every head of the row needs is kept in arrays: values that live through loops cost compile time.
  var rotation: array<vec4f, 2u * PAIRS>;
  var gains: array<vec4f, 4u * PAIRS>;
  var i = 0u;
  loop {
    rotation[i] = table[angles + i];
    gains[i] = select(vec4f(1.0), qNorm[i], dims.qkNorm != 0u);
    gains[size + i] = select(vec4f(1.0), kNorm[i], dims.qkNorm != 0u);
    continuing { i++; break if i >= size; }
  }
  // Loops end at the bottom, because SwiftShader runs the body of a for loop once more than it has iterations, with every
  // lane masked: one iteration of 32 loads takes 2.21 ms instead of 1.25 ms (docs/performance.md; no public report found).
  {
    var head = part;
    loop {
      let at = input + head * size;
      ${each("let a# = qkv[at + #u];")}
      ${each("let b# = qkv[at + half + #u];")}
      var squares = 0.0;
      ${each("squares += dot(a#, a#) + dot(b#, b#);")}
      let factor = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      if (inside && head < dims.heads) {
        let out = (row * dims.heads + head) * size;
        ${rotated("q", "#", "PAIRS + #")}
      }
      continuing { head += dims.parts; break if head >= dims.heads; }
    }
  }
  {
    var head = part;
    loop {
      let at = input + (dims.heads + head) * size;
      ${each("let a# = qkv[at + #u];")}
      ${each("let b# = qkv[at + half + #u];")}
      var squares = 0.0;
      ${each("squares += dot(a#, a#) + dot(b#, b#);")}
      let factor = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      if (inside && head < dims.kvHeads) {
        let out = into + head * size;
        ${rotated("k", "2u * PAIRS + #", "3u * PAIRS + #")}
        let values = at + dims.kvHeads * size;
        i = 0u;
        loop { v[out + i] = qkv[values + i]; continuing { i++; break if i >= size; } }
      }
      continuing { head += dims.parts; break if head >= dims.kvHeads; }
    }
  }
}
`;
}
