// The loops of qkv_rope.wgsl, where formula and bindings are. The vec4s of half a head are written out, so that both
// halves of a rotation stay in registers.
import { unroll } from "../unroll";
import { eachHead, ropeRow } from "./rope_row";

/** @param pairs vec4s of half a head */
export function qkvRopeLoops(pairs: number): string {
  const each = (line: string): string => unroll(pairs, line);
  /** Norms and rotates the head at `at` of the projection into `to`, weighed by the gains from `gain` on; `more` goes with it. */
  const turned = (at: string, to: "q" | "k", out: string, gain: number, more = ""): string => `
      let at = ${at};
      ${each("let a# = qkv[at + #u];")}
      ${each("let b# = qkv[at + half + #u];")}
      var squares = 0.0;
      ${each("squares += dot(a#, a#) + dot(b#, b#);")}
      let factor = select(1.0, inverseSqrt(squares / f32(8u * half) + dims.eps), dims.qkNorm != 0u);
      if (wanted) {
        let out = ${out};
        ${each(`{
          let x = a# * factor * gains[${gain}u * PAIRS + #];
          let y = b# * factor * gains[${gain + 1}u * PAIRS + #];
          ${to}[out + #u] = x * rotation[#] - y * rotation[PAIRS + #];
          ${to}[out + half + #u] = y * rotation[#] + x * rotation[PAIRS + #];
        }`)}${more}
      }`;
  const values = `
        let values = at + dims.kvHeads * size;
        i = 0u;
        loop { v[out + i] = qkv[values + i]; continuing { i++; break if i >= size; } }`;
  return /* wgsl */ `${ropeRow("qkv_rope", "input")}
  let into = rows[row].kv * dims.kvHeads * size;
  ${eachHead("dims.heads", turned("input + head * size", "q", "(row * dims.heads + head) * size", 0))}
  ${eachHead("dims.kvHeads", turned("input + (dims.heads + head) * size", "k", "into + head * size", 2, values))}
}
`;
}
