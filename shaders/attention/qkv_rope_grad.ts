// The loops of qkv_rope_grad.wgsl, where formula and bindings are. The vec4s of half a head are written out, so that
// both halves of a rotation stay in registers.
import { unroll } from "../unroll";

/** @param pairs vec4s of half a head */
export function qkvRopeGradLoops(pairs: number): string {
  const each = (line: string): string => unroll(pairs, line);
  return /* wgsl */ `
@compute @workgroup_size(WG)
fn qkv_rope_grad(
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
  let into = row * (dims.heads + 2u * dims.kvHeads) * size;
  let angles = rows[row].position * size;
  var rotation: array<vec4f, 2u * PAIRS>; // see qkv_rope
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
      let at = (row * dims.heads + head) * size;
      let out = into + head * size;
      var squares = 0.0;
      var along = 0.0;
      ${each("let d# = dq[at + #u];")}
      ${each("let e# = dq[at + half + #u];")}
      ${each("let a# = gains[#] * (d# * rotation[#] + e# * rotation[PAIRS + #]);")}
      ${each("let b# = gains[PAIRS + #] * (e# * rotation[#] - d# * rotation[PAIRS + #]);")}
      ${each("let x# = qkv[out + #u];")}
      ${each("let y# = qkv[out + half + #u];")}
      ${each("squares += dot(x#, x#) + dot(y#, y#);")}
      ${each("along += dot(x#, a#) + dot(y#, b#);")}
      let r = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      let back = select(0.0, r * r * along / f32(8u * half), dims.qkNorm != 0u);
      if (inside && head < dims.heads) {
        ${each("dqkv[out + #u] = r * (a# - x# * back);")}
        ${each("dqkv[out + half + #u] = r * (b# - y# * back);")}
      }
      continuing { head += dims.parts; break if head >= dims.heads; }
    }
  }
  {
    var head = part;
    loop {
      let at = (row * 2u * dims.kvHeads + head) * size;
      let out = into + (dims.heads + head) * size;
      var squares = 0.0;
      var along = 0.0;
      ${each("let d# = dkv[at + #u];")}
      ${each("let e# = dkv[at + half + #u];")}
      ${each("let a# = gains[2u * PAIRS + #] * (d# * rotation[#] + e# * rotation[PAIRS + #]);")}
      ${each("let b# = gains[3u * PAIRS + #] * (e# * rotation[#] - d# * rotation[PAIRS + #]);")}
      ${each("let x# = qkv[out + #u];")}
      ${each("let y# = qkv[out + half + #u];")}
      ${each("squares += dot(x#, x#) + dot(y#, y#);")}
      ${each("along += dot(x#, a#) + dot(y#, b#);")}
      let r = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      let back = select(0.0, r * r * along / f32(8u * half), dims.qkNorm != 0u);
      if (inside && head < dims.kvHeads) {
        ${each("dqkv[out + #u] = r * (a# - x# * back);")}
        ${each("dqkv[out + half + #u] = r * (b# - y# * back);")}
        let values = at + dims.kvHeads * size;
        let to = out + dims.kvHeads * size;
        i = 0u;
        loop { dqkv[to + i] = dkv[values + i]; continuing { i++; break if i >= size; } }
      }
      continuing { head += dims.parts; break if head >= dims.kvHeads; }
    }
  }
}
`;
}
